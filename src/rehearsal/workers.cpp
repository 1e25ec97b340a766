// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/workers.h"

#include <algorithm>

namespace klingtext::rehearsal {

Plan Workers::take_on(Plan plan, std::chrono::milliseconds now) {
  if (free_at_.empty()) return plan;
  auto& first_free = *std::min_element(free_at_.begin(), free_at_.end());
  const auto wait = std::max(std::chrono::milliseconds(0), first_free - now);
  plan.queued += wait;
  plan.total += wait;
  first_free = now + plan.total;
  return plan;
}

}  // namespace klingtext::rehearsal
