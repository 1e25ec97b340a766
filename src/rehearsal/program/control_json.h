// SPDX-License-Identifier: LGPL-2.1-or-later
// What the paths below /rehearsal say, as JSON.
#pragma once

#include "rehearsal/json_text.h"
#include "rehearsal/program/faults.h"
#include "rehearsal/program/request_log.h"
#include "rehearsal/web_front.h"

namespace klingtext::rehearsal {

JsonObjectPtr to_json(const Faults::Armed& armed);
JsonObjectPtr to_json(const Faults& faults);
JsonObjectPtr to_json(const RequestLog::Counters& counters);
// The last `most` requests, the oldest first.
JsonObjectPtr log_json(const RequestLog& log, std::size_t most);
// Likewise of the generations; `exchange` and `front` say where the clips are.
JsonObjectPtr generations_json(Desk& desk, const WebFront& front, const Exchange& exchange,
                               std::size_t most);

}  // namespace klingtext::rehearsal
