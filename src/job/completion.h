// SPDX-License-Identifier: LGPL-2.1-or-later
// Waiting until the service has made it.
#pragma once

#include <string>

#include "job/run_context.h"

namespace klingtext {

// When the first question is due: a generation that was just submitted is left in peace for a
// while, one that is older may be done already.
struct FirstPoll {
  Seconds after{};
};

// The clip's URL. Notes completion, cost and failure in the journal.
Result<std::string> await_completion(RunContext& run, Entry& entry, FirstPoll first);

}  // namespace klingtext
