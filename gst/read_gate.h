// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes a blocked create() return. In pull mode basesrc can call unlock_stop() before the
// reader has left, and typefind can call again right after it was told to flush: a flag alone
// loses the wake-up, an epoch alone lets the late reader back in. So a reader leaves when the epoch
// moved since it came, or while the gate is closed.
#pragma once

#include <atomic>
#include <cstdint>

namespace klingtext {

class ReadGate {
 public:
  std::uint64_t enter() const { return epoch_; }
  bool must_leave(std::uint64_t entered) const { return closed_ || epoch_ != entered; }
  // The caller wakes the readers afterwards.
  void close() {
    closed_ = true;
    ++epoch_;
  }
  void open() { closed_ = false; }

 private:
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace klingtext
