// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/submission_slots.h"

namespace klingtext {

SubmissionSlots::Slot::~Slot() {
  if (!slots_) return;
  --*slots_->used_.lock();
  slots_->used_.notify_one();
}

Result<std::optional<SubmissionSlots::Slot>> SubmissionSlots::acquire(
    std::chrono::steady_clock::time_point deadline, const std::stop_token& stop) {
  auto used = used_.lock();
  const bool is_free = used.wait_until(stop, deadline, [&] { return *used < kSlots; });
  if (stop.stop_requested()) {
    used_.notify_one();  // in case the notification was for this one
    return Stopped{};
  }
  if (!is_free) return std::optional<Slot>();
  ++*used;
  return std::optional<Slot>(std::in_place, shared_from_this());
}

}  // namespace klingtext
