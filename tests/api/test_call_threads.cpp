// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/call_threads.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "support/gate.h"

namespace klingtext {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds kLimit{60};

HttpResult fine() {
  return HttpReply{200, {}, "fine"};
}

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

TEST(CallThreads, GiveTheCallsAnswer) {
  CallThreads threads({});
  const auto result = threads.run([](HttpSession&, const auto&) { return fine(); }, kLimit, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->body, "fine");
}

TEST(CallThreads, AreFourAtMost) {
  struct Seen {
    unsigned inside = 0;
    unsigned most = 0;
    std::set<std::thread::id> ids;
  };
  CallThreads threads({});
  Guarded<Seen> seen;
  test::Gate gate;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 20; ++i) {
    callers.emplace_back([&] {
      const auto result = threads.run(
          [&](HttpSession&, const auto&) {
            {
              auto now = seen.lock();
              now->most = std::max(now->most, ++now->inside);
              now->ids.insert(std::this_thread::get_id());
            }
            seen.notify_all();
            gate.wait(30s);
            --seen.lock()->inside;
            return fine();
          },
          kLimit, {});
      EXPECT_TRUE(result.ok());
    });
  }
  {
    auto now = seen.lock();
    ASSERT_TRUE(
        now.wait_until(std::chrono::steady_clock::now() + 30s, [&] { return now->inside == 4; }));
  }
  gate.open();
  callers.clear();
  EXPECT_EQ(seen.lock()->most, 4U);
  EXPECT_EQ(seen.lock()->ids.size(), 4U);
}

TEST(CallThreads, LetACallerGoWhileItsCallHangs) {
  CallThreads threads({});
  test::Gate gate;
  std::stop_source stop;
  Guarded<bool> cancelled{false};
  const auto result = threads.run(
      [&](HttpSession&, const std::stop_token& cancel) {
        stop.request_stop();
        gate.wait(30s);  // does not even look at its token
        auto seen = cancelled.lock();
        *seen = cancel.stop_requested();
        cancelled.notify_all();  // with the lock: it goes as soon as it was seen
        return fine();
      },
      kLimit, stop.get_token());
  EXPECT_TRUE(result.stopped()) << "and the gate is still closed";
  gate.open();
  auto seen = cancelled.lock();
  EXPECT_TRUE(seen.wait_until(std::chrono::steady_clock::now() + 30s, [&] { return *seen; }));
}

TEST(CallThreads, NeverMakeACallThatWasGivenUpWhileItWaited) {
  CallThreads threads({});
  test::Gate gate;
  std::vector<std::jthread> hanging;
  Guarded<unsigned> inside{0U};
  for (int i = 0; i < 4; ++i) {
    hanging.emplace_back([&] {
      (void)threads.run(
          [&](HttpSession&, const auto&) {
            ++*inside.lock();
            inside.notify_all();
            gate.wait(30s);
            return fine();
          },
          kLimit, {});
    });
  }
  {
    auto now = inside.lock();
    ASSERT_TRUE(now.wait_until(std::chrono::steady_clock::now() + 30s, [&] { return *now == 4; }));
  }
  std::stop_source stop;
  stop.request_stop();
  bool called = false;
  const auto given_up = threads.run(
      [&](HttpSession&, const auto&) {
        called = true;
        return fine();
      },
      kLimit, stop.get_token());
  EXPECT_TRUE(given_up.stopped());
  gate.open();
  hanging.clear();
  // The queue is served in order: after this one the abandoned one has been passed over.
  EXPECT_TRUE(threads.run([](HttpSession&, const auto&) { return fine(); }, kLimit, {}).ok());
  EXPECT_FALSE(called);
}

TEST(CallThreads, CutACallThatExceedsItsLimit) {
  CallThreads threads({});
  const auto result = threads.run(
      [](HttpSession&, const std::stop_token& cancel) -> HttpResult {
        test::Gate never;
        while (!cancel.stop_requested()) never.wait(1ms);
        return Stopped{};
      },
      0s, {});
  ASSERT_TRUE(result.failed());
  EXPECT_EQ(result.error().fault, HttpFault::timeout);
  EXPECT_EQ(result.error().sent, Sent::maybe);
}

TEST(CallThreads, LeaveNoThreadBehind) {
  const std::size_t before = threads_of_this_process();
  {
    CallThreads threads({});
    (void)threads.run([](HttpSession&, const auto&) { return fine(); }, kLimit, {});
  }
  const auto patience = std::chrono::steady_clock::now() + 30s;
  while (threads_of_this_process() > before && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_LE(threads_of_this_process(), before);
}

}  // namespace
}  // namespace klingtext
