// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poll_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
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

// Few runs say little about how much runs differ: they are joined by so many that differ as the
// vendor's published ones do.
constexpr double kUsualRuns = 3;
constexpr double kUsualDeviation = 0.45;
constexpr double kQuietUntil = -2.2;  // standard deviations: one run in seventy is faster
// Mean delay times polls is least where steps go with the square root of the mean time to the
// answer; this factor then chooses between the two: about 2 s and 25 polls at the usual times.
constexpr double kStepScale = 0.42;

Spread spread_of(std::span<const double> history) {
  Spread spread;
  for (const double seconds : history) spread.mean += std::log(seconds);
  spread.mean /= static_cast<double>(history.size());
  double squares = kUsualRuns * kUsualDeviation * kUsualDeviation;
  for (const double seconds : history) squares += std::pow(std::log(seconds) - spread.mean, 2);
  spread.deviation = std::sqrt(squares / (kUsualRuns + static_cast<double>(history.size()) - 1));
  return spread;
}

Seconds median(std::vector<double> seconds) {
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return Seconds(*middle);
}

}  // namespace

Seconds Spread::at(double standard_deviations) const {
  return Seconds(std::exp(mean + standard_deviations * deviation));
}

double Spread::hazard(Seconds age) const {
  if (age <= Seconds(0)) return 0;
  const double z = (std::log(age.count()) - mean) / deviation;
  const double left = std::erfc(z / std::numbers::sqrt2) / 2;
  const double density = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2 /
                         (age.count() * deviation);
  // Nothing is left to be likely of what took longer than any run ever did.
  return left > 0 ? density / left : 0;
}

Seconds PollSchedule::next(Seconds since_submission, double jitter_drawn) const {
  Seconds wanted = step;
  if (const double hazard = spread ? spread->hazard(since_submission) : 0; hazard > 0) {
    wanted = std::min(step, Seconds(kStepScale / std::sqrt(hazard)));
  }
  const Seconds jittered = wanted * (1.0 - jitter * jitter_drawn);
  return std::max(jittered, quiet - since_submission);
}

PollSchedule plan_polls(Pace pace, std::span<const double> history, Seconds fixed) {
  PollSchedule schedule{kQuietUnknown, kStep, kJitter, kEstimateUnknown};
  if (pace == Pace::rehearsal) schedule = {Seconds(0), kRehearsalStep, 0, kRehearsalEstimate};
  if (!history.empty()) schedule.estimate = median({history.begin(), history.end()});
  if (pace == Pace::service && history.size() >= kEnoughHistory) {
    schedule.spread = spread_of(history);
    schedule.quiet = schedule.spread->at(kQuietUntil);
  }
  if (fixed > Seconds(0)) {
    schedule.quiet = Seconds(0);
    schedule.step = fixed;
    schedule.jitter = 0;
    schedule.spread.reset();
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
