// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "rehearsal/desk.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// The documented body about a generation. `clip_url`: of its clip, once it is completed.
void reply_generation(const Exchange& exchange, const std::string& id, const Desk::Answer& answer,
                      const std::string& clip_url = {});

}  // namespace klingtext::rehearsal
