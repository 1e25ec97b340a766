// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "rehearsal/exchange.h"
#include "rehearsal/program/fault.h"

namespace klingtext::rehearsal {

// Puts what the failure says into the JSON of a generation that was just replied. Failures that
// are none of the body's leave it alone. `expired_url`: a link to the clip that is over.
void bend_reply(const Exchange& exchange, const Fault& fault, const std::string& expired_url);

// In place of what was to be replied.
void reply_web_page(const Exchange& exchange);

// The reply to a failure that is a status.
void reply_status(const Exchange& exchange, const Fault& fault);

}  // namespace klingtext::rehearsal
