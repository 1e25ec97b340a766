// SPDX-License-Identifier: LGPL-2.1-or-later
// A system without a thread to spare.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>

#include "base/log.h"
#include "support/job_fixture.h"

namespace {

std::atomic<bool> no_threads = false;

}  // namespace

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define KLINGTEXT_CAN_REFUSE_THREADS
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) {
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static auto* const real = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  return no_threads ? EAGAIN : real(thread, attributes, start, argument);
}
#endif

namespace klingtext {
namespace {

std::shared_ptr<JobHandle> held;

// As a GST_DEBUG callback that drops the last reference to an element.
void drop_held(const LogLine& line) {
  if (test::holds(line.text, "No thread could be started")) held.reset();
}

class NoThread : public test::JobFixture {
 protected:
  ~NoThread() override { set_log_sink(before_); }
  LogSink before_ = log_sink();
};

TEST_F(NoThread, IsToldWithNoLockHeld) {
#ifndef KLINGTEXT_CAN_REFUSE_THREADS
  GTEST_SKIP() << "a sanitizer has its own pthread_create()";
#endif
  service_.on_submit({test::Answer::normal().hold()});
  JobSpec other = spec();
  other.request.take = 2;
  held = attach_job(other);
  ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  set_log_sink(drop_held);
  no_threads = true;
  const auto job = attach_job(spec());
  no_threads = false;
  EXPECT_EQ(held, nullptr);
  const Received received = read_all(*job);
  ASSERT_TRUE(received.error);
  EXPECT_TRUE(test::holds(received.error->message, "No thread could be started"));
  service_.release();
  expect_whole(run());
}

}  // namespace
}  // namespace klingtext
