// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's HTTP: routes, authorization, limits, and the documented replies.
#pragma once

#include <libsoup/soup.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/glib_ptr.h"
#include "base/result.h"
#include "base/secret.h"
#include "rehearsal/annex.h"
#include "rehearsal/clip_links.h"
#include "rehearsal/desk.h"
#include "rehearsal/door.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// Lives on one thread, whose thread-default main context serves the requests.
class WebFront {
 public:
  // `key`: empty accepts every bearer but an empty one.
  // `log_lag`: how long after a submission its row appears in the account's log.
  WebFront(Desk& desk, Secret key, ClipLinks links, std::chrono::seconds log_lag);
  ~WebFront();
  WebFront(const WebFront&) = delete;
  WebFront& operator=(const WebFront&) = delete;

  // An IP address or `localhost`; port 0 picks one. Returns the base URL, ending in /v2.
  // Clips are at the same port, unless they have one of their own.
  Result<std::string> listen(const std::string& address, unsigned port,
                             std::optional<unsigned> clip_port);

  // From now on; may refer to this front, and goes before it.
  void add(std::unique_ptr<Annex> annex) { annex_ = std::move(annex); }
  Door& door() { return door_; }
  // Whether the request carries a key that is accepted.
  bool is_authorized(const Exchange& exchange) const;
  // A clip's URL at the address under which the client has reached us.
  std::string clip_url(const Exchange& exchange, const std::string& clip) const;
  std::string expired_clip_url(const Exchange& exchange, const std::string& clip) const;

 private:
  void answer(const Exchange& exchange);
  void reply(const Exchange& exchange, Call& call, const std::function<void()>& answer);
  void answer_generations(const Exchange& exchange, Call& call);
  void answer_submission(const Exchange& exchange, Call& call);
  void answer_poll(const Exchange& exchange, Call& call);
  void answer_log(const Exchange& exchange, Call& call);
  bool refuse_stranger(const Exchange& exchange) const;
  void answer_clip(const Exchange& exchange, Call& call);
  Result<unsigned> open(GInetAddress* address, unsigned port);
  bool is_at_clip_port(const Exchange& exchange) const;
  bool host_is_allowed(const Exchange& exchange) const;

  Desk& desk_;
  Secret key_;
  ClipLinks links_;
  std::chrono::seconds log_lag_;
  ObjectPtr<SoupServer> server_;
  Door door_;
  bool loopback_only_ = true;
  std::optional<unsigned> clip_port_;
  std::unique_ptr<Annex> annex_;  // last: what it has under way ends before the server does
};

}  // namespace klingtext::rehearsal
