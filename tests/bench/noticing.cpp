// SPDX-License-Identifier: LGPL-2.1-or-later
// How late a completion is noticed, and how many polls that takes, under a simulated clock: the
// schedule of the element, those of its peers, and the least there can be.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "api/poll_schedule.h"
#include "support/completion_times.h"

namespace klingtext {
namespace {

using test::CompletionTimes;
using test::StepAt;

constexpr std::size_t kHistory = 50;  // as many as the journal keeps

StepAt fixed(double seconds) {
  return [seconds](double, double) { return seconds; };
}

// Twice the age each time, from a second on, but never more than a minute.
double doubling(double age, double) {
  return std::clamp(age, 1.0, 60.0);
}

StepAt ours(const std::vector<double>& history) {
  const auto schedule = plan_polls(Pace::service, history, Seconds(0));
  return
      [schedule](double age, double drawn) { return schedule.next(Seconds(age), drawn).count(); };
}

void print_line(const std::string& times_name, const std::string& name, const StepAt& step,
                const CompletionTimes& times) {
  const test::Noticed noticed = notice(step, times);
  std::printf("%s\t%s\t%.2f\t%.2f\t%.1f\t%.2f\n", times_name.c_str(), name.c_str(), noticed.late,
              noticed.late_95, noticed.polls, noticed.late * noticed.polls / times.optimum());
}

int run() {
  const auto usual = CompletionTimes::lognormal(152, 0.35);
  const std::array<std::pair<std::string, CompletionTimes>, 3> all{{
      {"lognormal 152 s, 0.35", usual},
      {"lognormal 170 s, 0.55", CompletionTimes::lognormal(170, 0.55)},
      {"a third queues for 120 s", usual.queueing(1.0 / 3, 120)},
  }};
  std::printf("times\tschedule\tmean s\t95th s\tpolls\tto optimum\n");
  for (const auto& [name, times] : all) {
    print_line(name, "klingtextsrc, new", ours({}), times);
    print_line(name, "klingtextsrc, with history", ours(times.draw(kHistory, 1)), times);
    print_line(name, "every 15 s (documented)", fixed(15), times);
    print_line(name, "every 5 s", fixed(5), times);
    print_line(name, "doubling, to 60 s", doubling, times);
  }
  return 0;
}

}  // namespace
}  // namespace klingtext

int main() {
  return klingtext::run();
}
