// SPDX-License-Identifier: LGPL-2.1-or-later
// Which generation this run follows: one that the journal knows, one that the user names, or, when
// there is neither, a new one.
#pragma once

#include "job/run_context.h"

namespace klingtext {

// An entry that has an id.
Result<Entry> attach_or_submit(RunContext& run);

// Writes an adopted id to the journal, once the service is known to know it. An error when another
// generation was recorded for the request meanwhile: its entry stays.
Outcome note_adoption(RunContext& run, Entry& entry);

// The error a generation ended in, as it is repeated for free.
Error failed_generation(const Entry& entry);

}  // namespace klingtext
