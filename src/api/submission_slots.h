// SPDX-License-Identifier: LGPL-2.1-or-later
// How many submissions to one service run at a time: the service answers more with 429.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/guarded.h"
#include "base/result.h"

namespace klingtext {

class SubmissionSlots : public std::enable_shared_from_this<SubmissionSlots> {
 public:
  static constexpr unsigned kSlots = 4;

  // Given back when it is destroyed.
  class Slot {
   public:
    explicit Slot(std::shared_ptr<SubmissionSlots> slots) : slots_(std::move(slots)) {}
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    std::shared_ptr<SubmissionSlots> slots_;
  };

  // Nothing when the deadline came first.
  Result<std::optional<Slot>> acquire(std::chrono::steady_clock::time_point deadline,
                                      const std::stop_token& stop);

 private:
  Guarded<unsigned> used_;
};

}  // namespace klingtext
