// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

#include "base/guarded.h"

namespace klingtext::test {

// Something a scripted answer waits at until the test says go. Closed when made.
class Gate {
 public:
  void open() { set(true); }
  void close() { set(false); }

  // True when it is open, at the latest after `longest`.
  bool wait(std::chrono::milliseconds longest) {
    auto open = open_.lock();
    return open.wait_until(std::chrono::steady_clock::now() + longest, [&] { return *open; });
  }

 private:
  void set(bool value) {
    *open_.lock() = value;
    open_.notify_all();
  }
  Guarded<bool> open_{false};
};

}  // namespace klingtext::test
