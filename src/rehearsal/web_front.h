// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's HTTP: routes, authorization, limits, and the documented replies.
#pragma once

#include <libsoup/soup.h>

#include <string>

#include "base/glib_ptr.h"
#include "base/result.h"
#include "base/secret.h"
#include "rehearsal/desk.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// Lives on one thread, whose thread-default main context serves the requests.
class WebFront {
 public:
  // `key`: empty accepts every bearer but an empty one.
  WebFront(Desk& desk, Secret key);
  ~WebFront();
  WebFront(const WebFront&) = delete;
  WebFront& operator=(const WebFront&) = delete;

  // An IP address or `localhost`; port 0 picks one. Returns the base URL, ending in /v2.
  Result<std::string> listen(const std::string& address, unsigned port);

 private:
  void answer(const Exchange& exchange, GHashTable* query);
  void answer_generations(const Exchange& exchange, GHashTable* query);
  void answer_submission(const Exchange& exchange);
  void answer_query(const Exchange& exchange, GHashTable* query);
  void answer_clip(const Exchange& exchange);
  bool host_is_allowed(const Exchange& exchange) const;
  bool is_authorized(const Exchange& exchange) const;

  Desk& desk_;
  Secret key_;
  ObjectPtr<SoupServer> server_;
  bool loopback_only_ = true;
};

}  // namespace klingtext::rehearsal
