// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <vector>

#include "rehearsal/generation.h"

namespace klingtext::rehearsal {

// How many generations the service pretends to work on at once; those after them stay queued until
// one is done.
class Workers {
 public:
  // 0: as many as there are generations.
  explicit Workers(unsigned count) : free_at_(count) {}

  // The plan of a generation that is accepted `now`, with the time it has to wait for its turn.
  Plan take_on(Plan plan, std::chrono::milliseconds now);

 private:
  std::vector<std::chrono::milliseconds> free_at_;  // wall clock, one per worker
};

}  // namespace klingtext::rehearsal
