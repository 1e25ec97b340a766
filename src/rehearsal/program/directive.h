// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "base/result.h"
#include "rehearsal/annex.h"
#include "rehearsal/exchange.h"
#include "rehearsal/program/fault.h"

namespace klingtext::rehearsal {

// The failures that a request asks for: by the header X-Rehearsal-Fail or, a submission, by the
// member `rehearsal_fail`. Those of a submission that act on polls or clips concern the
// generation it makes.
Result<std::vector<Fault>> read_directive(const Exchange& exchange, const Call& call);

}  // namespace klingtext::rehearsal
