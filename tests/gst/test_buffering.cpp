// SPDX-License-Identifier: LGPL-2.1-or-later
// BUFFERING: playback that outruns the download is held back a few times, not all the time, and by
// nothing but the messages. What does not play is not held back at all.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

bool is_long() {
  return g_getenv("KLINGTEXT_LONG") != nullptr;
}

// The ten seconds take twenty at half the bitrate, so that the short tier has fewer.
int seconds_of_film() {
  return is_long() ? 10 : 3;
}

const std::string& film(Mp4Index index = Mp4Index::front) {
  return tiny_mp4({.frames = 24 * seconds_of_film(),
                   .index = index,
                   .sound = Mp4Sound::none,
                   .picture = Mp4Picture::noise});
}

std::uint64_t bitrate() {
  return film().size() / static_cast<std::uint64_t>(seconds_of_film());
}

std::vector<int> percents(const Messages& messages) {
  std::vector<int> all;
  for (const Message& message : ours(of_type(messages, GST_MESSAGE_BUFFERING))) {
    int percent = -1;
    gst_message_parse_buffering(message.get(), &percent);
    all.push_back(percent);
  }
  return all;
}

// What is posted during playback: the wait for the generation ends with its first 100.
std::vector<int> percents_of_playback(const Messages& messages) {
  std::vector<int> all = percents(messages);
  if (!all.empty()) all.erase(all.begin(), std::next(std::find(all.begin(), all.end(), 100)));
  return all;
}

// What gst-launch and every player do: pause below 100, go on at 100. Until EOS or an error.
bool play_as_an_application(Pipeline& pipeline) {
  pipeline.set_state(GST_STATE_PLAYING);
  std::size_t seen = 0;
  while (true) {
    if (!pipeline.wait_for([&](const Messages& all) { return all.size() > seen; })) return false;
    const Messages all = pipeline.messages();
    for (; seen < all.size(); ++seen) {
      if (all[seen].type() == GST_MESSAGE_EOS) return true;
      if (all[seen].type() == GST_MESSAGE_ERROR) return false;
      if (all[seen].type() != GST_MESSAGE_BUFFERING) continue;
      int percent = -1;
      gst_message_parse_buffering(all[seen].get(), &percent);
      pipeline.set_state(percent < 100 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
    }
  }
}

// A cycle begins at 0, rises, and ends at 100 before the next one begins.
void expect_whole_cycles(const std::vector<int>& told) {
  int before = 100;
  for (const int percent : told) {
    if (before == 100) {
      EXPECT_EQ(percent, 0);
    } else {
      EXPECT_GT(percent, before);
    }
    EXPECT_LE(percent, 100);
    before = percent;
  }
  EXPECT_EQ(before, 100) << "held back for ever";
}

bool is_first_after_playing(const Messages& messages) {
  bool waited = false;
  const auto told = std::find_if(messages.begin(), messages.end(), [&](const Message& message) {
    if (!message.is_ours() || message.type() != GST_MESSAGE_BUFFERING) return false;
    int percent = -1;
    gst_message_parse_buffering(message.get(), &percent);
    return std::exchange(waited, waited || percent == 100);
  });
  return std::any_of(messages.begin(), told, [](const Message& message) {
    GstState state = GST_STATE_NULL;
    if (!message.is_ours() || message.type() != GST_MESSAGE_STATE_CHANGED) return false;
    gst_message_parse_state_changed(message.get(), nullptr, &state, nullptr);
    return state == GST_STATE_PLAYING;
  });
}

struct Way {
  const char* name;
  const char* line;  // behind the source, or a playbin
  Mp4Index index;
};

constexpr const char* kDecodebin = " ! decodebin3 ! fakesink sync=true";
constexpr const char* kPlaybin =
    "playbin3 uri=klingtext:A%20raccoon video-sink=\"fakesink sync=true\"";

std::vector<Way> ways() {
  std::vector<Way> some = {{"decodebin3_front", kDecodebin, Mp4Index::front},
                           {"playbin3_end", kPlaybin, Mp4Index::end}};
  if (is_long()) {
    some.push_back({"decodebin3_end", kDecodebin, Mp4Index::end});
    some.push_back({"playbin3_front", kPlaybin, Mp4Index::front});
  }
  return some;
}

class HeldBackPlayback : public testing::TestWithParam<Way> {
 protected:
  HeldBackPlayback() { shop_.service.set_clip(film(GetParam().index)); }

  std::unique_ptr<Pipeline> pipeline() {
    const std::string line = GetParam().line;
    if (!line.starts_with("playbin")) return std::make_unique<Pipeline>(shop_.source() + line);
    auto made = std::make_unique<Pipeline>(line);
    made->on_source_setup("", [this](GstElement* source) { shop_.configure(source); });
    return made;
  }

  Shop shop_;
};

TEST_P(HeldBackPlayback, IsHeldBackAFewTimesAtHalfTheBitrate) {
  shop_.service.always_on_clip(Answer::normal().throttle(bitrate() / 2));
  const auto playing = pipeline();
  ASSERT_TRUE(play_as_an_application(*playing)) << playing->errors();
  const Messages all = playing->messages();
  const std::vector<int> told = percents_of_playback(all);
  expect_whole_cycles(told);
  EXPECT_TRUE(is_first_after_playing(all));
  const auto cycles = std::count(told.begin(), told.end(), 100);
  EXPECT_GE(cycles, 1);
  EXPECT_LE(cycles, (seconds_of_film() + 1) / 2);
  EXPECT_TRUE(playing->stop());
}

TEST_P(HeldBackPlayback, IsNotHeldBackOnAFastLink) {
  const auto playing = pipeline();
  EXPECT_TRUE(play_as_an_application(*playing)) << playing->errors();
  EXPECT_TRUE(percents_of_playback(playing->messages()).empty());
  EXPECT_TRUE(playing->stop());
}

INSTANTIATE_TEST_SUITE_P(Bins, HeldBackPlayback, testing::ValuesIn(ways()),
                         [](const auto& tested) { return tested.param.name; });

TEST(Buffering, HoldsBackNothingThatDoesNotPlay) {
  Shop shop;
  shop.service.set_clip(film());
  shop.service.always_on_clip(Answer::normal().throttle(bitrate() * 2));
  const std::string file = shop.dir.file("copy.mp4");
  Pipeline pipeline(shop.source() + " ! filesink location=" + file);
  EXPECT_TRUE(play_as_an_application(pipeline)) << pipeline.errors();
  EXPECT_TRUE(percents_of_playback(pipeline.messages()).empty());
  EXPECT_TRUE(bytes_of(file) == film());
}

TEST(Buffering, IsNotToldBeforeTheFirstFrame) {
  Shop shop;
  shop.service.set_clip(film());
  // Long enough for a reader that waits for the first frame to lose its patience.
  shop.service.always_on_clip(Answer::normal().throttle(bitrate() / 10));
  Pipeline pipeline(shop.source() + " ! decodebin3 ! fakesink sync=true");
  EXPECT_TRUE(pipeline.preroll()) << pipeline.errors();
  EXPECT_TRUE(percents_of_playback(pipeline.messages()).empty());
  EXPECT_TRUE(pipeline.stop());
}

TEST(Buffering, CanBeTurnedOff) {
  Shop shop;
  shop.service.set_clip(film());
  shop.service.always_on_clip(Answer::normal().throttle(bitrate() * 2 / 3));
  Pipeline pipeline(shop.source() + " use-buffering=false ! decodebin3 ! fakesink sync=true");
  EXPECT_TRUE(play_as_an_application(pipeline)) << pipeline.errors();
  EXPECT_TRUE(percents(pipeline.messages()).empty());
}

TEST(BufferingQuery, TellsWhichPartsAreThere) {
  Shop shop;
  shop.service.set_clip(film());
  const std::uint64_t there = film().size() / 2;
  shop.service.always_on_clip(Answer::normal().hold_after(there));
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  const ElementPtr source = pipeline.named("source");
  const auto ranges = [&](GstFormat format) {
    std::vector<std::pair<gint64, gint64>> found;
    const GlibPtr<GstQuery, gst_query_unref> query(gst_query_new_buffering(format));
    if (!gst_element_query(source.get(), query.get())) return found;
    for (guint i = 0; i < gst_query_get_n_buffering_ranges(query.get()); ++i) {
      found.emplace_back();
      gst_query_parse_nth_buffering_range(query.get(), i, &found.back().first,
                                          &found.back().second);
    }
    return found;
  };
  using Ranges = std::vector<std::pair<gint64, gint64>>;
  const auto half = static_cast<gint64>(there);
  EXPECT_TRUE(comes_true([&] { return ranges(GST_FORMAT_BYTES) == Ranges{{0, half}}; }));
  const Ranges shares = ranges(GST_FORMAT_PERCENT);
  ASSERT_EQ(shares.size(), 1U);
  EXPECT_NEAR(static_cast<double>(shares[0].second), GST_FORMAT_PERCENT_MAX / 2.0, 1);
  shop.service.release();
  EXPECT_TRUE(pipeline.wait_for_end());
  const Ranges all = {{0, static_cast<gint64>(film().size())}};
  EXPECT_EQ(ranges(GST_FORMAT_BYTES), all);
}

}  // namespace
}  // namespace klingtext::test
