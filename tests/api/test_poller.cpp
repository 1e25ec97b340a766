// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poller.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/guarded.h"
#include "support/scripted_service.h"

namespace klingtext {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::ScriptedService;

constexpr HttpLimits kLimits{.max_body = 4096};

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

class Polling : public testing::Test {
 protected:
  // The status of each reply, in order; a stop is -1, a failure 0.
  using Seen = std::vector<int>;

  HttpRequest get() const {
    return {.url = service_.base_url() + "/video/generations?generation_id=a"};
  }

  // Asks again at once, until there are so many results in all.
  Poller::Judge judge(std::size_t results) {
    return [this, results](const HttpResult& result) -> std::optional<Poller::Clock::time_point> {
      const int failure = result.stopped() ? -1 : 0;
      auto seen = seen_.lock();
      seen->push_back(result.ok() ? static_cast<int>(result->status) : failure);
      seen_.notify_all();
      return seen->size() < results ? std::optional(Poller::Clock::now()) : std::nullopt;
    };
  }
  bool add(Poller& poller, const std::stop_token& stop, std::size_t results) {
    return poller.add(get(), kLimits, Poller::Clock::now(), nullptr, stop, judge(results));
  }

  Seen wait_for(std::size_t results) {
    auto seen = seen_.lock();
    seen.wait_until(Poller::Clock::now() + 30s, [&] { return seen->size() >= results; });
    return *seen;
  }

  ScriptedService service_;
  Guarded<Seen> seen_;
};

TEST_F(Polling, GoesOnUntilTheJudgeEndsIt) {
  service_.always_on_poll(Answer::status(503));
  Poller poller({});
  ASSERT_TRUE(add(poller, {}, 5));
  EXPECT_EQ(wait_for(5), Seen(5, 503));
  EXPECT_EQ(service_.polls(), 5U);
  EXPECT_EQ(service_.connections(), 1U);
}

TEST_F(Polling, HasFourConnectionsHoweverManyPollsHang) {
  service_.always_on_poll(Answer::normal().hold());
  std::stop_source stop;
  Poller poller({});
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add(poller, stop.get_token(), 20));
  ASSERT_TRUE(service_.wait_for([&] { return service_.polls() == 4; }));
  stop.request_stop();
  EXPECT_EQ(wait_for(20), Seen(20, -1));
  EXPECT_EQ(service_.polls(), 4U);
  EXPECT_TRUE(service_.wait_for([&] { return service_.open_connections() == 0; }));
}

TEST_F(Polling, SendsWhatIsDueFirst) {
  service_.add_generation("a");
  std::stop_source stop;
  Poller poller({});
  const auto later = Poller::Clock::now() + 1h;
  ASSERT_TRUE(poller.add(get(), kLimits, later, nullptr, stop.get_token(), judge(2)));
  ASSERT_TRUE(add(poller, {}, 1));
  EXPECT_EQ(wait_for(1), Seen(1, 200));
  stop.request_stop();
  EXPECT_EQ(wait_for(2), (Seen{200, -1}));
  EXPECT_EQ(service_.polls(), 1U);
}

TEST_F(Polling, EndsWithoutARequestWhenItWasStoppedBefore) {
  std::stop_source stop;
  stop.request_stop();
  Poller poller({});
  ASSERT_TRUE(add(poller, stop.get_token(), 2));
  EXPECT_EQ(wait_for(1), Seen(1, -1));
  EXPECT_EQ(service_.polls(), 0U);
}

TEST_F(Polling, CanBeStoppedByItsJudge) {
  service_.add_generation("a");
  std::stop_source stop;
  Poller poller({});
  const auto stopping = [&, judge = judge(9)](const HttpResult& result) {
    if (result.ok()) stop.request_stop();
    return judge(result);
  };
  ASSERT_TRUE(
      poller.add(get(), kLimits, Poller::Clock::now(), nullptr, stop.get_token(), stopping));
  EXPECT_EQ(wait_for(2), (Seen{200, -1}));
}

TEST_F(Polling, CutsAReplyThatExceedsItsLimit) {
  service_.always_on_poll(Answer::normal().drip(1));
  Poller poller({});
  HttpLimits short_limits = kLimits;
  short_limits.answer_within = 1s;
  ASSERT_TRUE(poller.add(get(), short_limits, Poller::Clock::now(), nullptr, {}, judge(1)));
  EXPECT_EQ(wait_for(1), Seen(1, 0));
}

// Four hang, and the others wait for a connection.
TEST_F(Polling, GivesUpWhatIsLateAlthoughNothingAnswers) {
  service_.always_on_poll(Answer::normal().hold());
  Poller poller({});
  const auto now = Poller::Clock::now();
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(poller.add(
        get(), kLimits, now, [now] { return now + 1s; }, {}, judge(1)));
  }
  EXPECT_EQ(wait_for(8), Seen(8, 0));
  EXPECT_EQ(service_.polls(), 4U);
}

TEST_F(Polling, RefusesWhatIsNoUrl) {
  Poller poller({});
  ASSERT_TRUE(
      poller.add({.url = "ftp://nowhere"}, kLimits, Poller::Clock::now(), nullptr, {}, judge(1)));
  EXPECT_EQ(wait_for(1), Seen(1, 0));
}

TEST_F(Polling, GoesOnWithoutItsPoller) {
  service_.always_on_poll(Answer::normal().hold());
  {
    Poller poller({});
    ASSERT_TRUE(add(poller, {}, 1));
  }
  service_.release();
  EXPECT_EQ(wait_for(1).size(), 1U);
}

TEST_F(Polling, LeavesNoThreadBehind) {
  service_.go_down();
  const std::size_t before = threads_of_this_process();
  {
    Poller poller({});
    ASSERT_TRUE(add(poller, {}, 1));
    EXPECT_EQ(wait_for(1), Seen(1, 0));
  }
  const auto patience = Poller::Clock::now() + 30s;
  while (threads_of_this_process() > before && Poller::Clock::now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_LE(threads_of_this_process(), before);
}

}  // namespace
}  // namespace klingtext
