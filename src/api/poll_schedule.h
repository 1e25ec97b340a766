// SPDX-License-Identifier: LGPL-2.1-or-later
// When to ask next whether a generation is done. A quiet head start, then short steps: growing
// steps would be longest just when the answer comes. Where earlier runs tell how likely the answer
// is at each moment, steps are shortest where it is likeliest. Pure: the caller owns clock and
// jitter.
#pragma once

#include <optional>
#include <span>

#include "api/retry_policy.h"

namespace klingtext {

enum class Pace { service, rehearsal };

// How long generations take, as the logarithm of seconds is spread: a normal distribution.
struct Spread {
  double mean = 0;
  double deviation = 0;

  // The time so many standard deviations from the usual one.
  Seconds at(double standard_deviations) const;
  // How likely one that is not done at `age` is done within the next second.
  double hazard(Seconds age) const;
};

struct PollSchedule {
  Seconds quiet{};     // after the submission, before the first poll
  Seconds step{};      // between polls from then on, at most
  double jitter = 0;   // the share by which a step may be shorter
  Seconds estimate{};  // the whole time a generation usually takes
  std::optional<Spread> spread{};

  // The time from now to the next poll, `since_submission` being how old the generation is.
  Seconds next(Seconds since_submission, double jitter_drawn) const;
};

// `history` are the seconds earlier generations of this kind took, in any order; may be empty.
// A `fixed` step above 0 replaces the plan, not the estimate.
PollSchedule plan_polls(Pace pace, std::span<const double> history, Seconds fixed);

// How far a generation is, 0..99: by the estimate, and slower and slower once that has passed.
int percent_done(Seconds elapsed, Seconds estimate);

}  // namespace klingtext
