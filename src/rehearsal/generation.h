// SPDX-License-Identifier: LGPL-2.1-or-later
// One accepted submission: what a query is answered from, and what survives the process.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "rehearsal/slate_label.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

enum class Status { queued, generating, completed, error };
const char* status_name(Status status);

// How long the service pretends to take. A clip that is not rendered by then prolongs it.
struct Plan {
  std::chrono::milliseconds queued{0};
  std::chrono::milliseconds total{0};
};

// Around the 152 s of the documented run, times `pace`. The same `seed` gives the same plan.
Plan plan_for(const std::string& seed, double pace);

// The end of a generation; it never changes once it is known.
struct Ending {
  Status status = Status::completed;  // completed or error
  std::string error_name;
  std::string error_message;
};

struct Generation {
  std::string id;
  Submission submission;
  unsigned take = 1;
  std::string client_request_id;  // of the submission; empty: it had none that is fit
  std::string shot;               // as the client told it; empty: it did not
  TwoPop two_pop = TwoPop::yes;
  // Wall clock, because a generation outlives the process that accepted it.
  std::chrono::milliseconds accepted{0};
  Plan plan;
  std::optional<Ending> ending;
};

// `rendered`: whether the clip is there. `now`: wall clock, since the epoch.
Status status_at(const Generation& generation, std::chrono::milliseconds now, bool rendered);

// Names the clip of these members, this take and this slate; safe as a file name and in a URL.
std::string clip_name(const Generation& generation);

SlateLabel label_of(const Generation& generation);

std::string to_json(const Generation& generation);
std::optional<Generation> generation_from_json(std::string_view text);

}  // namespace klingtext::rehearsal
