// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/exit_wait.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/guarded.h"

namespace klingtext {
namespace {

constexpr std::chrono::seconds kExitWait{3};

struct Unfinished {
  unsigned submissions = 0;
  unsigned sending = 0;  // of the submissions
  unsigned downloads = 0;
  bool ending = false;
};

// Immortal: used while static objects are destroyed.
Guarded<Unfinished>& unfinished() {
  static auto& instance = *new Guarded<Unfinished>();
  return instance;
}

// The process whose threads are counted. Read before the mutex, which may be locked for ever in a
// forked child.
std::atomic<pid_t> counted_process{0};

void wait_at_exit() {
  if (counted_process != getpid()) return;
  const auto deadline = std::chrono::steady_clock::now() + kExitWait;
  auto state = unfinished().lock();
  state->ending = true;
  if (state->sending > 0) {
    std::fputs("klingtextsrc: waiting up to 3 s for the service to answer a submission…\n", stderr);
  }
  (void)state.wait_until(deadline,
                         [&] { return state->submissions == 0 && state->downloads == 0; });
  if (state->sending > 0) {
    std::fputs(
        "klingtextsrc: no answer yet. The generation may exist and be billed; the next run of the "
        "same request says how to find it.\n",
        stderr);
  }
}

void install() {
  static const int installed = [] {
    counted_process = getpid();
    return std::atexit(wait_at_exit);
  }();
  (void)installed;
}

}  // namespace

std::optional<SubmissionScope> SubmissionScope::enter() {
  install();
  auto state = unfinished().lock();
  if (state->ending) return std::nullopt;
  ++state->submissions;
  return SubmissionScope();
}

SubmissionScope::SubmissionScope(SubmissionScope&& other) noexcept
    : entered_(std::exchange(other.entered_, false)),
      sending_(std::exchange(other.sending_, false)) {}

SubmissionScope::~SubmissionScope() {
  if (!entered_) return;
  {
    auto state = unfinished().lock();
    --state->submissions;
    if (sending_) --state->sending;
  }
  unfinished().notify_all();
}

bool SubmissionScope::start_sending() {
  auto state = unfinished().lock();
  if (state->ending) return false;
  sending_ = true;
  ++state->sending;
  return true;
}

DownloadScope::DownloadScope() {
  install();
  ++unfinished().lock()->downloads;
}

DownloadScope::~DownloadScope() {
  --unfinished().lock()->downloads;
  unfinished().notify_all();
}

}  // namespace klingtext
