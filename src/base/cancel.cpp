// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/cancel.h"

#include <condition_variable>
#include <mutex>

namespace klingtext {

Waited sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, deadline, [] { return false; });
  return stop.stop_requested() ? Waited::stopped : Waited::whole;
}

}  // namespace klingtext
