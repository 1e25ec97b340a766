// SPDX-License-Identifier: LGPL-2.1-or-later
// The one step that costs money.
#pragma once

#include <optional>

#include "job/run_context.h"

namespace klingtext {

// Submits the request and records the answer. `given_up` is the entry that a resubmission gives up.
// `lock` is the request's lock, held until the outcome is in the journal. Nothing when another
// process has taken the right to submit meanwhile. An entry without a generation: its outcome is
// unknown.
Result<std::optional<Entry>> submit(RunContext& run, const std::optional<Entry>& given_up,
                                    const StoreLock& lock);

// What a user is told of a submission whose outcome is unknown. `found` is what was found about it,
// as a sentence.
Error unknown_outcome(const Entry& entry, const std::string& found);

// The user's patience ended before anything was submitted; `why` is what was waited for.
Error not_submitted_in_time(const RunContext& run, const std::string& why);

}  // namespace klingtext
