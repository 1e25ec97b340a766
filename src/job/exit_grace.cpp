// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/exit_grace.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/guarded.h"

namespace klingtext {
namespace {

constexpr std::chrono::seconds kGrace{3};

// Immortal: used while static objects are being destroyed.
Guarded<unsigned>& in_flight() {
  static auto& instance = *new Guarded<unsigned>(0U);
  return instance;
}

void wait_for_answers() {
  auto count = in_flight().lock();
  if (*count == 0) return;
  std::fputs("klingtextsrc: waiting up to 3 s for the service to answer a submission…\n", stderr);
  if (count.wait_until(std::chrono::steady_clock::now() + kGrace, [&] { return *count == 0; })) {
    return;
  }
  std::fputs(
      "klingtextsrc: no answer yet. The generation may exist and be billed; the next run of the "
      "same request says how to find it.\n",
      stderr);
}

}  // namespace

SubmissionInFlight::SubmissionInFlight() {
  static const int registered = std::atexit(wait_for_answers);
  (void)registered;
  ++*in_flight().lock();
}

SubmissionInFlight::~SubmissionInFlight() {
  --*in_flight().lock();
  in_flight().notify_all();
}

}  // namespace klingtext
