// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/completion_times.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace klingtext::test {
namespace {

constexpr double kGrid = 0.1;  // seconds
constexpr std::size_t kCells = 3600 * 10;
constexpr std::size_t kGenerations = 20000;

double middle_of(std::size_t cell) {
  return (static_cast<double>(cell) + 0.5) * kGrid;
}

void normalise(std::vector<double>& cells) {
  const double sum = std::accumulate(cells.begin(), cells.end(), 0.0);
  for (double& cell : cells) cell /= sum;
}

}  // namespace

CompletionTimes CompletionTimes::lognormal(double median, double deviation) {
  CompletionTimes times;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    const double t = middle_of(cell);
    times.cells_.push_back(std::exp(-std::pow(std::log(t / median) / deviation, 2) / 2) / t);
  }
  normalise(times.cells_);
  return times;
}

CompletionTimes CompletionTimes::queueing(double share, double mean_wait) const {
  CompletionTimes queued;
  const double keep = std::exp(-kGrid / mean_wait);
  double waiting = 0;
  for (const double cell : cells_) {
    waiting = waiting * keep + cell * (1 - keep);
    queued.cells_.push_back(waiting);
  }
  normalise(queued.cells_);
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    queued.cells_[cell] = (1 - share) * cells_[cell] + share * queued.cells_[cell];
  }
  return queued;
}

std::vector<double> CompletionTimes::draw(std::size_t count, unsigned seed) const {
  std::mt19937 random(seed);
  std::discrete_distribution<std::size_t> cell(cells_.begin(), cells_.end());
  std::uniform_real_distribution<double> within(-0.5, 0.5);
  std::vector<double> drawn(count);
  for (double& one : drawn) one = middle_of(cell(random)) + within(random) * kGrid;
  return drawn;
}

double CompletionTimes::optimum() const {
  double left = 1;
  double sum = 0;
  for (const double cell : cells_) {
    sum += std::sqrt(cell / kGrid * std::max(0.0, left - cell / 2)) * kGrid;
    left -= cell;
  }
  return sum * sum / 2;
}

Noticed notice(const StepAt& step, const CompletionTimes& times) {
  std::mt19937 random(2026);
  std::uniform_real_distribution<double> jitter(0, 1);
  std::vector<double> late;
  std::size_t polls = 0;
  for (const double ready : times.draw(kGenerations, 7)) {
    double now = 0;
    do {
      now += step(now, jitter(random));
      ++polls;
    } while (now < ready);
    late.push_back(now - ready);
  }
  std::sort(late.begin(), late.end());
  constexpr auto kCount = static_cast<double>(kGenerations);
  return {std::accumulate(late.begin(), late.end(), 0.0) / kCount, late[late.size() * 95 / 100],
          static_cast<double>(polls) / kCount};
}

}  // namespace klingtext::test
