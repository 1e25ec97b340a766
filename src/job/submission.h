// SPDX-License-Identifier: LGPL-2.1-or-later
// The one step that costs money.
#pragma once

#include <optional>

#include "job/run_context.h"

namespace klingtext {

// Notes the intent, submits, notes the answer. `replaced` is the entry a `resubmit` gives up.
// `claim` is the key's lock: held until the outcome is in the journal.
Result<Entry> submit(RunContext& run, const std::optional<Entry>& replaced, StoreLock claim);

// What a user is told of a submission nobody knows the fate of.
Error unknown_outcome(const Entry& entry);

}  // namespace klingtext
