// SPDX-License-Identifier: LGPL-2.1-or-later
// Resolves the outcome of a submission whose answer was lost: by the id in the head of that answer,
// then by the account's log. Only reads from the service; submits nothing.
#pragma once

#include <optional>

#include "job/run_context.h"

namespace klingtext {

// Without the request's lock held. The entry with its generation id; nothing when another process
// has changed the entry: read it again. While the log may not list the submission yet, looks again
// at growing intervals until the deadline. `lost_status` is the HTTP status of the lost answer, or
// 0.
Result<std::optional<Entry>> recover_outcome(RunContext& run, const Entry& lost,
                                             unsigned lost_status);

// A run that looked an outcome up does not submit when the entry is gone then.
Error forgotten_entry(const std::string& client_request_id);

}  // namespace klingtext
