// SPDX-License-Identifier: LGPL-2.1-or-later
// NULL returns while the service still holds its answer back, in every phase and under every bin;
// what was submitted is journaled all the same, and the next run attaches to it.
#include <gtest/gtest.h>

#include <future>

#include "phases.h"
#include "pipeline.h"

namespace klingtext::test {
namespace {

struct Way {
  const char* name;
  const char* line;  // "" in front of it stands the source
  const char* bin;   // that makes the source; null: it is in the line
};

class Cancel : public testing::TestWithParam<std::tuple<Way, Phase>> {
 protected:
  void expect_journaled() {
    EXPECT_TRUE(comes_true([&] {
      const auto ids = shop_.service.generation_ids();
      return !ids.empty() && shop_.stored(".json").find(ids.front()) != std::string::npos;
    }));
  }

  // The service is held: only a stop that does not wait for it can return.
  void expect_stop_returns(Pipeline& pipeline) {
    auto stopped = std::async(std::launch::async, [&] { return pipeline.stop(); });
    const bool returned = stopped.wait_for(Pipeline::kPatience) == std::future_status::ready;
    EXPECT_TRUE(returned);
    if (!returned) shop_.service.release();
    EXPECT_TRUE(stopped.get());
  }

  Shop shop_;
};

std::string line_of(const Way& way, const Shop& shop) {
  return way.bin == nullptr ? shop.source() + way.line : way.line;
}

TEST_P(Cancel, ReturnsBeforeTheServiceAnswers) {
  const auto& [way, phase] = GetParam();
  hold_in(phase, shop_);
  Pipeline pipeline(line_of(way, shop_));
  const auto set_up = [&, held_in = phase](GstElement* source) {
    shop_.configure(source);
    g_object_set(source, "poll-interval", poll_interval_for(held_in), nullptr);
  };
  if (way.bin == nullptr) {
    set_up(pipeline.named("source").get());
  } else {
    pipeline.on_source_setup(way.bin, set_up);
  }
  EXPECT_NE(pipeline.set_state(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  ASSERT_TRUE(wait_until_held(phase, shop_));
  expect_stop_returns(pipeline);

  if (phase == Phase::poll || phase == Phase::poll_sleep) {
    // A poll ends without its answer; a submission and the download of a paid clip go on.
    EXPECT_TRUE(shop_.service.wait_for([&] { return shop_.service.open_connections() == 0; }));
  }
  shop_.service.release();
  expect_journaled();

  const std::string source =
      "klingtextsrc prompt=raccoon poll-interval=20 api-key=test-key base-url=";
  Pipeline again(source + shop_.service.base_url() + " store-dir=" + shop_.store() + " ! fakesink");
  EXPECT_TRUE(again.play());
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

constexpr Way kWays[] = {
    {"filesink", " ! filesink location=/dev/null", nullptr},
    {"queue", " ! queue ! fakesink", nullptr},
    {"decodebin", " ! decodebin ! fakesink", nullptr},
    {"decodebin3", " ! decodebin3 ! fakesink", nullptr},
    {"uridecodebin", "uridecodebin name=bin uri=klingtext:raccoon ! fakesink", "bin"},
    {"uridecodebin3", "uridecodebin3 name=bin uri=klingtext:raccoon ! fakesink", "bin"},
    {"playbin", "playbin uri=klingtext:raccoon video-sink=fakesink audio-sink=fakesink", ""},
    {"playbin3", "playbin3 uri=klingtext:raccoon video-sink=fakesink audio-sink=fakesink", ""},
};

INSTANTIATE_TEST_SUITE_P(Everywhere, Cancel,
                         testing::Combine(testing::ValuesIn(kWays), testing::ValuesIn(kPhases)),
                         [](const auto& tested) {
                           return std::string(std::get<0>(tested.param).name) + "_" +
                                  name_of(std::get<1>(tested.param));
                         });

}  // namespace
}  // namespace klingtext::test
