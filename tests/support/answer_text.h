// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/answer.h"

namespace klingtext::test {

// An answer as a word for scripts: what it says, then modifiers behind plus signs.
//   normal | 503 | generation=weird | error=Name/Message | json={"a":1} | redirect=http://…
//   +header=Retry-After:1 +lost +lost-reset +close-unread +reset-unread +garbage +though-accepted
//   +not-accepted +hold +hold-after=N +throttle=N +drip=N +chunked +without-length
//   +content-length=N +cut-after=N +reset-after=N +gzip +ignoring-range +content-range=TEXT
//   +total=N +etag=TEXT +without=HEADER
// A modifier may stand first: `lost` is `normal+lost`. Throws std::invalid_argument otherwise.
// Values hold no plus; in a list (below) no comma either.
Answer answer_from_text(std::string_view text);

// Separated by commas; empty gives none. `3*503` is three of them.
std::vector<Answer> answers_from_text(std::string_view list);

}  // namespace klingtext::test
