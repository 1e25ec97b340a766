// SPDX-License-Identifier: LGPL-2.1-or-later
// How late a completion is noticed, and how many polls that takes, under a simulated clock: the
// schedule of the element, those of its peers, and the least there can be.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "api/poll_schedule.h"

namespace klingtext {
namespace {

constexpr double kGrid = 0.1;                // seconds
constexpr std::size_t kCells = 3600 * 10;    // of the grid: an hour
constexpr std::size_t kGenerations = 20000;  // simulated for each line
constexpr std::size_t kHistory = 50;         // as many as the journal keeps

// A distribution of completion times: the probability of each cell of the grid.
using Times = std::vector<double>;

Times normalised(Times times) {
  const double sum = std::accumulate(times.begin(), times.end(), 0.0);
  for (double& cell : times) cell /= sum;
  return times;
}

double middle_of(std::size_t cell) {
  return (static_cast<double>(cell) + 0.5) * kGrid;
}

Times lognormal(double median, double sigma) {
  Times times(kCells);
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    const double t = middle_of(cell);
    times[cell] = std::exp(-std::pow(std::log(t / median) / sigma, 2) / 2) / t;
  }
  return normalised(std::move(times));
}

// Some of the generations wait in a queue first, for a time without memory.
Times queueing(const Times& work, double share, double mean_wait) {
  Times queued(kCells);
  const double keep = std::exp(-kGrid / mean_wait);
  double waiting = 0;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    waiting = waiting * keep + work[cell] * (1 - keep);
    queued[cell] = waiting;
  }
  queued = normalised(std::move(queued));
  Times both(kCells);
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    both[cell] = (1 - share) * work[cell] + share * queued[cell];
  }
  return both;
}

std::vector<double> draw(const Times& times, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::discrete_distribution<std::size_t> cell(times.begin(), times.end());
  std::uniform_real_distribution<double> within(-0.5, 0.5);
  std::vector<double> drawn(count);
  for (double& one : drawn) one = middle_of(cell(random)) + within(random) * kGrid;
  return drawn;
}

// The least that mean delay times polls can be, with steps as small as one likes: half the square
// of the integral of sqrt(density times the share that is left).
double optimum(const Times& times) {
  double left = 1;
  double sum = 0;
  for (const double cell : times) {
    sum += std::sqrt(cell / kGrid * std::max(0.0, left - cell / 2)) * kGrid;
    left -= cell;
  }
  return sum * sum / 2;
}

// Seconds to the next poll, for a generation of that age.
using Schedule = std::function<double(double age, double drawn)>;

Schedule fixed(double step) {
  return [step](double, double) { return step; };
}

// Twice the age each time, from a second on, but never more than a minute.
double doubling(double age, double) {
  return std::clamp(age, 1.0, 60.0);
}

Schedule ours(std::vector<double> history) {
  const auto schedule = plan_polls(Pace::service, history, Seconds(0));
  return
      [schedule](double age, double drawn) { return schedule.next(Seconds(age), drawn).count(); };
}

void print_line(const std::string& times_name, const std::string& name, const Schedule& schedule,
                const Times& times) {
  std::mt19937 random(2026);
  std::uniform_real_distribution<double> jitter(0, 1);
  std::vector<double> late;
  std::size_t polls = 0;
  for (const double ready : draw(times, kGenerations, 7)) {
    double now = 0;
    do {
      now += schedule(now, jitter(random));
      ++polls;
    } while (now < ready);
    late.push_back(now - ready);
  }
  std::sort(late.begin(), late.end());
  const auto count = static_cast<double>(late.size());
  const double mean = std::accumulate(late.begin(), late.end(), 0.0) / count;
  const double mean_polls = static_cast<double>(polls) / count;
  std::printf("%s\t%s\t%.2f\t%.2f\t%.1f\t%.2f\n", times_name.c_str(), name.c_str(), mean,
              late[late.size() * 95 / 100], mean_polls, mean * mean_polls / optimum(times));
}

int run() {
  const Times usual = lognormal(152, 0.35);
  const std::array<std::pair<std::string, Times>, 3> all{{
      {"lognormal 152 s, 0.35", usual},
      {"lognormal 170 s, 0.55", lognormal(170, 0.55)},
      {"a third queues for 120 s", queueing(usual, 1.0 / 3, 120)},
  }};
  std::printf("times\tschedule\tmean s\t95th s\tpolls\tto optimum\n");
  for (const auto& [name, times] : all) {
    print_line(name, "klingtextsrc, new", ours({}), times);
    print_line(name, "klingtextsrc, with history", ours(draw(times, kHistory, 1)), times);
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
