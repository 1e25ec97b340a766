// SPDX-License-Identifier: LGPL-2.1-or-later
// What the journal's entry means to a run that wants its request generated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/journal.h"

namespace klingtext {

enum class Standing {
  free,         // no entry, or one that is given up by name: the request may be submitted
  has_id,       // the service accepted it: follow that generation
  unknown,      // whether the service accepted it is unknown: it is not submitted
  in_progress,  // another process submits it: read the entry again later
};

// Whether the entry has a generation id to follow.
bool has_generation(const Entry& entry);
// Whether `resubmit` names this very submission, and it may be given up.
bool is_given_up(const Entry& entry, const std::string& resubmit);

// With the request's lock held. Removes an intent of an ended process that was never sent. `now` is
// in unix seconds: an intent of a host whose processes cannot be seen from here has 300 s to
// change.
Result<Standing> standing_of(const Journal& journal, const std::optional<Entry>& entry,
                             const std::string& resubmit, std::int64_t now);

}  // namespace klingtext
