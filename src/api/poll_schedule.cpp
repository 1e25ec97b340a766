// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poll_schedule.h"

#include <algorithm>
#include <vector>

namespace klingtext {
namespace {

constexpr Seconds kQuietUnknown{60};      // no run of this model was ever seen below 78 s
constexpr Seconds kEstimateUnknown{152};  // the documented sample run
constexpr Seconds kStep{5};
constexpr Seconds kRehearsalStep{0.25};
constexpr Seconds kRehearsalEstimate{4};
constexpr double kJitter = 0.1;
constexpr std::size_t kEnoughHistory = 3;
constexpr double kQuietShare = 0.9;  // of the fastest run remembered

Seconds median(std::vector<double> seconds) {
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return Seconds(*middle);
}

}  // namespace

Seconds PollSchedule::next(Seconds since_submission, double jitter_drawn) const {
  const Seconds jittered = step * (1.0 - jitter * jitter_drawn);
  return std::max(jittered, quiet - since_submission);
}

PollSchedule plan_polls(Pace pace, std::span<const double> history, Seconds fixed) {
  PollSchedule schedule{kQuietUnknown, kStep, kJitter, kEstimateUnknown};
  if (pace == Pace::rehearsal) schedule = {Seconds(0), kRehearsalStep, 0, kRehearsalEstimate};
  if (!history.empty()) schedule.estimate = median({history.begin(), history.end()});
  if (pace == Pace::service && history.size() >= kEnoughHistory) {
    schedule.quiet = kQuietShare * Seconds(*std::min_element(history.begin(), history.end()));
  }
  if (fixed > Seconds(0)) {
    schedule.quiet = Seconds(0);
    schedule.step = fixed;
    schedule.jitter = 0;
  }
  return schedule;
}

int percent_done(Seconds elapsed, Seconds estimate) {
  if (elapsed <= Seconds(0) || estimate <= Seconds(0)) return 0;
  const double share = elapsed / estimate;
  // Linear to 90 % at the estimate, then closer and closer to 99 without getting there.
  const double percent = share < 1 ? 90 * share : 99 - 9 / share;
  return static_cast<int>(percent);
}

}  // namespace klingtext
