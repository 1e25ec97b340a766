// SPDX-License-Identifier: LGPL-2.1-or-later
// When generations complete, and how soon a schedule of polls notices it, under a simulated clock.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace klingtext::test {

// A distribution over an hour: the probability of each tenth of a second.
class CompletionTimes {
 public:
  static CompletionTimes lognormal(double median, double deviation);  // seconds
  // `share` of these wait in a queue first, for a time without memory.
  CompletionTimes queueing(double share, double mean_wait) const;

  std::vector<double> draw(std::size_t count, unsigned seed) const;  // seconds
  // The least that mean delay times polls can be, with steps as small as one likes: half the square
  // of the integral of sqrt(density times the share that is left).
  double optimum() const;

 private:
  std::vector<double> cells_;
};

// Seconds to the next poll, for a generation of that age; `drawn` is random in [0, 1).
using StepAt = std::function<double(double age, double drawn)>;

// Means over many generations.
struct Noticed {
  double late = 0;     // seconds from being ready to being seen
  double late_95 = 0;  // the 95th percentile of that
  double polls = 0;
};
Noticed notice(const StepAt& step, const CompletionTimes& times);

}  // namespace klingtext::test
