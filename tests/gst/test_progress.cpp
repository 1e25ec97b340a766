// SPDX-License-Identifier: LGPL-2.1-or-later
// PROGRESS: START, CONTINUE as often as there is news, exactly one end.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

bool is_end(const Progress& progress) {
  return progress.type == GST_PROGRESS_TYPE_COMPLETE ||
         progress.type == GST_PROGRESS_TYPE_CANCELED || progress.type == GST_PROGRESS_TYPE_ERROR;
}

// What holds for every run: one START first, one end last, the percentage never falls.
void expect_well_formed(const std::vector<Progress>& run, GstProgressType end) {
  ASSERT_GE(run.size(), 2U);
  EXPECT_EQ(run.front().type, GST_PROGRESS_TYPE_START);
  EXPECT_EQ(run.back().type, end);
  EXPECT_EQ(std::count_if(run.begin(), run.end(), is_end), 1);
  EXPECT_EQ(std::count_if(run.begin(), run.end(),
                          [](const auto& p) { return p.type == GST_PROGRESS_TYPE_START; }),
            1);
  int percent = 0;
  for (const Progress& progress : run) {
    EXPECT_EQ(progress.code, "generate");
    EXPECT_FALSE(progress.text.empty());
    EXPECT_GE(progress.percent, percent) << progress.text;
    percent = progress.percent;
    EXPECT_EQ(progress.percent == 100, progress.type == GST_PROGRESS_TYPE_COMPLETE);
  }
}

bool has_progress(const Messages& messages, GstProgressType type) {
  const auto all = progress_in(messages);
  return std::any_of(all.begin(), all.end(), [type](const auto& p) { return p.type == type; });
}

class ProgressThrough : public testing::TestWithParam<const char*> {};

TEST_P(ProgressThrough, GoesFromStartToComplete) {
  Shop shop({.statuses = unhurried_statuses()});
  // A real one: typefind pushes what it cannot make sense of, and that is a second run.
  shop.service.set_clip(tiny_mp4());
  Pipeline pipeline(shop.source("A white raccoon") + GetParam());
  // To its end: what is stopped while decodebin3 still links a demuxer may be started once more by
  // it.
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  ASSERT_TRUE(pipeline.stop());
  const auto run = progress_in(pipeline.messages());
  expect_well_formed(run, GST_PROGRESS_TYPE_COMPLETE);
  EXPECT_GE(run.size(), 4U);  // START, queued, generating, COMPLETE
  for (const Progress& progress : run) {
    EXPECT_NE(progress.text.find("A white raccoon"), std::string::npos) << progress.text;
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Sinks, ProgressThrough,
                         testing::Values(" ! fakesink", " ! queue ! fakesink",
                                         " ! decodebin ! fakesink", " ! decodebin3 ! fakesink"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::erase_if(name, [](char c) { return !g_ascii_isalnum(c); });
                           return name;
                         });

TEST(ProgressWhenStopped, IsCanceledOnce) {
  Shop shop;
  shop.service.always_on_poll(Answer::generation("generating"));
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PAUSED);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() >= 2; }));
  pipeline.set_state(GST_STATE_READY);
  expect_well_formed(progress_in(pipeline.messages()), GST_PROGRESS_TYPE_CANCELED);
  pipeline.set_state(GST_STATE_NULL);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(ProgressWhenEnded, IsCanceledAtTheEosEventAndNotAgainAtTheStop) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  ASSERT_TRUE(gst_element_send_event(pipeline.get(), gst_event_new_eos()));
  ASSERT_TRUE(pipeline.wait_for(
      [](const Messages& m) { return has_progress(m, GST_PROGRESS_TYPE_CANCELED); }));
  ASSERT_TRUE(pipeline.wait_for_end());
  EXPECT_TRUE(of_type(pipeline.messages(), GST_MESSAGE_ERROR).empty());
  pipeline.set_state(GST_STATE_READY);
  expect_well_formed(progress_in(pipeline.messages()), GST_PROGRESS_TYPE_CANCELED);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(ProgressWhenFailed, EndsAfterTheErrorMessage) {
  Shop shop({.statuses = {"queued", "error"}});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_FALSE(pipeline.play());
  ASSERT_TRUE(pipeline.wait_for(
      [](const Messages& m) { return has_progress(m, GST_PROGRESS_TYPE_ERROR); }));
  ASSERT_TRUE(pipeline.stop());
  const Messages all = pipeline.messages();
  expect_well_formed(progress_in(all), GST_PROGRESS_TYPE_ERROR);
  const auto first_error = std::find_if(
      all.begin(), all.end(), [](const auto& m) { return m.type() == GST_MESSAGE_ERROR; });
  const auto progress_error = std::find_if(all.begin(), all.end(), [](const auto& m) {
    return m.type() == GST_MESSAGE_PROGRESS && progress_of(m).type == GST_PROGRESS_TYPE_ERROR;
  });
  EXPECT_LT(first_error - all.begin(), progress_error - all.begin());
}

TEST(ProgressWhenFlushed, PostsNothing) {
  Shop shop;
  shop.service.on_poll({Answer::generation("generating"), Answer::generation("completed").hold()});
  Pipeline pipeline(shop.source() + " ! queue ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 2; }));
  ASSERT_TRUE(pipeline.wait_for([](const Messages& m) {
    const auto all = progress_in(m);
    return !all.empty() && all.back().text.find("generating") != std::string::npos;
  }));
  const auto before = progress_in(pipeline.messages()).size();
  const ElementPtr source = pipeline.named("source");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(gst_element_send_event(
        source.get(), gst_event_new_seek(1.0, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
                                         GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
  }
  EXPECT_EQ(progress_in(pipeline.messages()).size(), before);
  shop.service.release();
  ASSERT_TRUE(pipeline.wait_for_end());
  expect_well_formed(progress_in(pipeline.messages()), GST_PROGRESS_TYPE_COMPLETE);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(ProgressOfAFinishedClip, SaysWhenItWasMadeAndHowToGetAnother) {
  Shop shop;
  for (int round = 0; round < 2; ++round) {
    Pipeline pipeline(shop.source() + " ! fakesink");
    ASSERT_TRUE(pipeline.play());
    const auto run = progress_in(pipeline.messages());
    expect_well_formed(run, GST_PROGRESS_TYPE_COMPLETE);
    EXPECT_EQ(run.back().text.find("already generated on") != std::string::npos, round == 1);
    EXPECT_EQ(run.back().text.find("set take=2 for another variation") != std::string::npos,
              round == 1);
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

// Made elsewhere: the journal knows neither its prompt nor its time.
TEST(ProgressOfAGenerationId, NamesItAndClaimsNoTime) {
  Shop shop;
  const std::string id = [&] {
    Pipeline pipeline(shop.source() + " ! fakesink");
    EXPECT_TRUE(pipeline.play());
    return shop.service.generation_ids().front();
  }();
  Pipeline pipeline("klingtextsrc generation-id=" + id +
                    " poll-interval=20 api-key=test-key base-url=" + shop.service.base_url() +
                    " store-dir=" + shop.dir.file("elsewhere") + " ! fakesink");
  ASSERT_TRUE(pipeline.play());
  const auto run = progress_in(pipeline.messages());
  expect_well_formed(run, GST_PROGRESS_TYPE_COMPLETE);
  for (const Progress& progress : run) {
    EXPECT_NE(progress.text.find(id.substr(0, 29)), std::string::npos) << progress.text;
  }
  EXPECT_EQ(run.back().text.find("already generated on"), std::string::npos) << run.back().text;
  EXPECT_EQ(shop.service.submissions(), 1U);
}

// A prompt cut inside a character would stop gst-launch from printing, and with that from ending.
TEST(ProgressText, IsAlwaysValidText) {
  Shop shop;
  std::string prompt;
  for (int i = 0; i < 300; ++i) prompt += "\xf0\x9f\xa6\x9d";
  for (const std::string lead : {"", "a", "ab", "abc"}) {
    Pipeline pipeline(shop.source(lead + prompt) + " ! fakesink");
    ASSERT_TRUE(pipeline.play());
    for (const Progress& progress : progress_in(pipeline.messages())) {
      EXPECT_TRUE(g_utf8_validate(progress.text.c_str(), -1, nullptr)) << progress.text;
      EXPECT_EQ(progress.text.find('\n'), std::string::npos);
    }
  }
}

TEST(Progress, StartSaysWhatItCostBefore) {
  Shop shop({.statuses = {"completed"}});
  shop.service.set_clip(tiny_mp4());
  const auto start_of = [&](const std::string& more) {
    Pipeline pipeline(shop.source("A white raccoon") + more + " ! fakesink");
    EXPECT_TRUE(pipeline.play()) << pipeline.errors();
    EXPECT_TRUE(pipeline.stop());
    return progress_in(pipeline.messages()).at(0).text;
  };
  EXPECT_NE(start_of("").find("5 s of video unless it is paid already; the price is not known yet"),
            std::string::npos);
  EXPECT_NE(start_of(" take=2").find("about 1400000 credits, as the last one"), std::string::npos);
  EXPECT_NE(start_of(" take=3").find("about 1400000 credits, as the last 2"), std::string::npos);
  EXPECT_NE(start_of(" take=4 generate-audio=false").find("the price is not known yet"),
            std::string::npos);
  EXPECT_EQ(shop.service.submissions(), 4U);
}

}  // namespace
}  // namespace klingtext::test
