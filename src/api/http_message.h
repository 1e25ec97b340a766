// SPDX-License-Identifier: LGPL-2.1-or-later
// A request as libsoup's message, and what is known of its connection while it is sent. Belongs to
// the thread that sends it.
#pragma once

#include <libsoup/soup.h>

#include <memory>
#include <string>

#include "api/http.h"

namespace klingtext {

class HttpMessage {
 public:
  // Null when the URL is not http(s).
  static std::unique_ptr<HttpMessage> make(const HttpRequest& request);
  ~HttpMessage();
  HttpMessage(const HttpMessage&) = delete;
  HttpMessage& operator=(const HttpMessage&) = delete;

  SoupMessage* get() const { return message_.get(); }
  // Its cancellation ends the exchange.
  const ObjectPtr<GCancellable>& cancellable() const { return cancellable_; }
  // Its cancellation asks for that, from any thread: nothing is sent then. See HttpCall.
  const ObjectPtr<GCancellable>& stop_request() const { return stop_request_; }
  const std::string& host() const { return host_; }

  // Whether the other side may have read any of the request.
  Sent sent() const { return sent_; }
  // Whether libsoup wanted to send the request a second time, as it does after 421. It was not sent
  // again.
  bool was_repeated() const { return repeated_; }
  bool refused_address() const { return refused_address_; }
  HttpFailure failure_of(const GError* error) const;
  HttpHeaders response_headers() const;

 private:
  HttpMessage(const HttpRequest& request, ObjectPtr<SoupMessage> message);
  static void on_starting(SoupMessage* message, gpointer self);
  static void on_network_event(SoupMessage* message, GSocketClientEvent event,
                               GIOStream* connection, gpointer self);
  void check_address(GSocketConnection* connection);
  void withdraw();

  ObjectPtr<SoupMessage> message_;
  ObjectPtr<GCancellable> cancellable_;
  ObjectPtr<GCancellable> stop_request_ = ObjectPtr<GCancellable>::adopt(g_cancellable_new());
  ObjectPtr<GSocketConnection> connection_;  // a new one of this message; null for a reused one
  std::string host_;
  Addresses addresses_;
  std::function<std::optional<std::string>()> before_sending_;
  Sent sent_ = Sent::no;
  bool repeated_ = false;
  bool refused_address_ = false;
};

HttpFault fault_of(const GError* error);
// libsoup passes on a proxy's refusal to connect as the answer to a message that it never began.
HttpFailure refused_by_proxy(const HttpMessage& message);

}  // namespace klingtext
