// SPDX-License-Identifier: LGPL-2.1-or-later
// The paths below /rehearsal: what is going on, and which failures are armed.
#pragma once

#include <string>

#include "base/secret.h"
#include "rehearsal/desk.h"
#include "rehearsal/program/faults.h"
#include "rehearsal/program/request_log.h"
#include "rehearsal/web_front.h"

namespace klingtext::rehearsal {

// Used on the service's thread; refers to what it is given.
class Control {
 public:
  Control(Desk& desk, WebFront& front, Faults& faults, const RequestLog& log);

  // Whether the path is one of these; then it is answered.
  bool serve(const Exchange& exchange);

  // What the own page proves with that it is the own page: header X-Rehearsal-Token.
  const Secret& token() const { return token_; }
  bool is_own_page(const Exchange& exchange) const;

 private:
  bool may_change(const Exchange& exchange) const;
  void serve_faults(const Exchange& exchange);
  void arm(const Exchange& exchange);
  void disarm(const Exchange& exchange);

  Desk& desk_;
  WebFront& front_;
  Faults& faults_;
  const RequestLog& log_;
  Secret token_;
};

// Whether a browser says that another site's page has sent this.
bool is_foreign(const Exchange& exchange);

}  // namespace klingtext::rehearsal
