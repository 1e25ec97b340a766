// SPDX-License-Identifier: LGPL-2.1-or-later
// One shot on its way: a thread that waits for its job's news.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "job/job_registry.h"

namespace klingtext {

class ShotWatch {
 public:
  // Called on the watch's thread with every change, and at last with how it ended.
  using Told = std::function<void(JobReport, std::optional<Outcome>)>;
  ShotWatch(std::shared_ptr<JobHandle> handle, Told told);
  // Lets go of the job; the generation goes on.
  ~ShotWatch();
  ShotWatch(const ShotWatch&) = delete;
  ShotWatch& operator=(const ShotWatch&) = delete;

 private:
  void watch(const std::stop_token& stop);

  std::shared_ptr<JobHandle> handle_;
  Told told_;
  std::jthread thread_;  // last: it uses the members above
};

}  // namespace klingtext
