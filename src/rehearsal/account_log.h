// SPDX-License-Identifier: LGPL-2.1-or-later
// GET /v2/logs: one row for each accepted submission, the newest first, as the service documents
// it. What costs nothing here costs nothing there.
#pragma once

#include <chrono>

#include "rehearsal/desk.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// `lag`: how long after a submission its row appears.
void reply_account_log(const Exchange& exchange, Desk& desk, std::chrono::seconds lag);

}  // namespace klingtext::rehearsal
