// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/exit_grace.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/guarded.h"

namespace klingtext {
namespace {

constexpr std::chrono::seconds kGrace{3};

struct Unfinished {
  unsigned submissions = 0;
  std::vector<const std::function<bool()>*> clips;  // whether each is whole
};

// Immortal: used while static objects are being destroyed.
Guarded<Unfinished>& unfinished() {
  static auto& instance = *new Guarded<Unfinished>();
  return instance;
}

void wait_for_the_unfinished() {
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  auto state = unfinished().lock();
  (void)state.wait_until(deadline, [&] {
    return std::none_of(state->clips.begin(), state->clips.end(),
                        [](const auto* is_whole) { return (*is_whole)(); });
  });
  if (state->submissions == 0) return;
  std::fputs("klingtextsrc: waiting up to 3 s for the service to answer a submission…\n", stderr);
  if (state.wait_until(deadline, [&] { return state->submissions == 0; })) return;
  std::fputs(
      "klingtextsrc: no answer yet. The generation may exist and be billed; the next run of the "
      "same request says how to find it.\n",
      stderr);
}

void wait_at_exit() {
  static const int registered = std::atexit(wait_for_the_unfinished);
  (void)registered;
}

}  // namespace

SubmissionInFlight::SubmissionInFlight() {
  wait_at_exit();
  ++unfinished().lock()->submissions;
}

SubmissionInFlight::~SubmissionInFlight() {
  --unfinished().lock()->submissions;
  unfinished().notify_all();
}

ClipInTheMaking::ClipInTheMaking(std::function<bool()> is_whole) : is_whole_(std::move(is_whole)) {
  wait_at_exit();
  unfinished().lock()->clips.push_back(&is_whole_);
}

ClipInTheMaking::~ClipInTheMaking() {
  std::erase(unfinished().lock()->clips, &is_whole_);
  unfinished().notify_all();
}

}  // namespace klingtext
