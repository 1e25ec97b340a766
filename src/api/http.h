// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP by libsoup. A session and everything made by it belong to one thread, whose default main
// context is the session's as long as it lives: one session a thread.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/glib_ptr.h"
#include "base/result.h"

namespace klingtext {

struct HttpSettings {
  std::string user_agent;
  unsigned timeout = 30;  // seconds without a byte
  std::string proxy;      // a proxy's URI; empty: the system's
  ObjectPtr<GTlsDatabase> tls_database;
};

// Whether to go round any proxy: loopback and http: with a key always do.
enum class Route { by_proxy, direct };
// Whether addresses that are_internal are refused.
enum class Addresses { any, public_only };

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> json;
  Route route = Route::by_proxy;
  Addresses addresses = Addresses::any;
  // Called once, on the sending thread, when the connection is there, TLS included, and the request
  // is about to be written. Gives the value of X-Client-Request-Id. Nothing: nothing is sent, and
  // the result is Stopped.
  std::function<std::optional<std::string>()> before_sending{};
};

// What ends an exchange besides a stop and the session's timeout without a byte.
struct HttpLimits {
  std::size_t max_body = 0;  // bytes
  // Until the request is written; later it is not looked at.
  std::chrono::steady_clock::time_point send_by = std::chrono::steady_clock::time_point::max();
  std::chrono::seconds answer_within{0};  // from then to the end of the reply; 0: no limit
  // Until the end of the reply.
  std::chrono::steady_clock::time_point answer_by = std::chrono::steady_clock::time_point::max();
};

// Header names in lower case; values joined with ", ".
using HttpHeaders = std::map<std::string, std::string>;

// Whether the other side may have read any of the request.
enum class Sent { no, maybe };
enum class HttpFault {
  unreachable,
  tls,        // the handshake broke
  untrusted,  // the certificate is none to trust: trying again does not help
  timeout,
  broken,
  too_large,
  internal_address,
  bad_url
};

struct HttpFailure {
  HttpFault fault = HttpFault::broken;
  Sent sent = Sent::maybe;
  std::string reason;  // for a sentence; names the host, never the query
  // Of the reply, when its head came and its body did not.
  HttpHeaders headers{};
};

struct HttpReply {
  unsigned status = 0;
  HttpHeaders headers;
  std::string body;
  std::string header(const std::string& lower_case_name) const;
};

using HttpResult = Result<HttpReply, HttpFailure>;

// A reply whose body is read piece by piece. Closing is what the destructor does.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  virtual unsigned status() const = 0;
  virtual std::string header(const std::string& lower_case_name) const = 0;
  // 0 is the end, as far as libsoup can tell: 3.2 takes a cut chunked body for one.
  virtual Result<std::size_t, HttpFailure> read(std::span<char> into, std::stop_token stop) = 0;
};

class HttpCall;

class HttpSession {
 public:
  static constexpr unsigned kConnections = 2;  // to one host, libsoup's own default

  explicit HttpSession(const HttpSettings& settings, unsigned connections = kConnections);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  // The whole reply, redirects not followed.
  HttpResult send(const HttpRequest& request, const HttpLimits& limits,
                  const std::stop_token& stop);
  // The head of the reply. The stream must go before the session does.
  Result<std::unique_ptr<HttpStream>, HttpFailure> open(const HttpRequest& request,
                                                        const std::stop_token& stop);

  // --- for a thread that has several requests under way ---
  // Begins to send. `done` is called once with the whole reply: from iterate(), or at once when
  // the URL is none; the result is null then.
  std::unique_ptr<HttpCall> start(const HttpRequest& request, const HttpLimits& limits,
                                  std::function<void(HttpResult)> done);
  // Waits for something to happen, until then at most, and deals with it.
  void iterate(std::chrono::steady_clock::time_point until);
  // Ends the wait of iterate(). From any thread.
  void wake();

 private:
  class Soup;
  std::unique_ptr<Soup> soup_;
};

}  // namespace klingtext
