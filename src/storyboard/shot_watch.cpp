// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/shot_watch.h"

namespace klingtext {
namespace {
// For a rehearsal to put away its own pipeline before the program ends.
constexpr std::chrono::seconds kPatience{5};
}  // namespace

ShotWatch::ShotWatch(std::shared_ptr<JobHandle> handle, Told told)
    : handle_(std::move(handle)),
      told_(std::move(told)),
      thread_([this](const auto& stop) { watch(stop); }) {}

ShotWatch::~ShotWatch() {
  thread_.request_stop();
  (*handle_)->clip().wake_readers();
  thread_.join();
  const bool rehearsal = (*handle_)->spec().pace == Pace::rehearsal;
  const std::weak_ptr<Job> left = handle_->watch();
  handle_.reset();
  if (const auto job = left.lock(); job && rehearsal) job->wait_until_left(kPatience);
}

void ShotWatch::watch(const std::stop_token& stop) {
  Job& job = **handle_;
  while (!stop.stop_requested()) {
    const std::uint64_t seen = job.revision();
    told_(job.report(), std::nullopt);
    const Outcome settled = job.clip().wait_until_settled(
        [&] { return stop.stop_requested() || job.revision() != seen; });
    if (settled.stopped()) continue;
    told_(job.report(), settled);
    return;
  }
}

}  // namespace klingtext
