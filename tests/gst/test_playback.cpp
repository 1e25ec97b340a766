// SPDX-License-Identifier: LGPL-2.1-or-later
// A prompt at one end, decoded pictures and sound at the other.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

constexpr int kFrames = 24;
constexpr int kBlocks = 24;  // of sound, at least: the encoder adds some

unsigned buffers_at(const Pipeline& pipeline, const std::string& sink) {
  const ElementPtr element = pipeline.named(sink);
  GstStructure* stats = nullptr;
  g_object_get(element.get(), "stats", &stats, nullptr);
  guint64 rendered = 0;
  gst_structure_get_uint64(stats, "rendered", &rendered);
  gst_structure_free(stats);
  return static_cast<unsigned>(rendered);
}

struct Way {
  const char* name;
  const char* line;  // behind the source
};

class Playback : public testing::TestWithParam<std::tuple<Way, Mp4Index>> {};

TEST_P(Playback, DecodesEveryFrameForOneSubmission) {
  const auto& [way, index] = GetParam();
  Shop shop;
  shop.service.set_clip(tiny_mp4({.frames = kFrames, .index = index}));
  Pipeline pipeline(shop.source() + way.line);
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(buffers_at(pipeline, "video"), kFrames);
  EXPECT_GE(buffers_at(pipeline, "audio"), kBlocks);
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.accepted(), 1U);
}

#define SINKS                                                                                \
  " d. ! queue ! videoconvert ! video/x-raw ! fakesink name=video d. ! queue ! audioconvert" \
  " ! audio/x-raw ! fakesink name=audio"

constexpr Way kWays[] = {
    {"decodebin", " ! decodebin name=d" SINKS},
    {"decodebin3", " ! decodebin3 name=d" SINKS},
    {"pulled",
     " ! qtdemux name=d d.video_0 ! queue ! h264parse ! avdec_h264 ! fakesink name=video"
     " d.audio_0 ! queue ! aacparse ! avdec_aac ! fakesink name=audio"},
    {"pushed",
     " ! queue ! qtdemux name=d d.video_0 ! queue ! h264parse ! avdec_h264 ! fakesink name=video"
     " d.audio_0 ! queue ! aacparse ! avdec_aac ! fakesink name=audio"},
    {"pushed_into_decodebin", " ! queue ! decodebin name=d" SINKS},
};

INSTANTIATE_TEST_SUITE_P(Ways, Playback,
                         testing::Combine(testing::ValuesIn(kWays),
                                          testing::Values(Mp4Index::front, Mp4Index::end)),
                         [](const auto& tested) {
                           const bool front = std::get<1>(tested.param) == Mp4Index::front;
                           return std::string(std::get<0>(tested.param).name) +
                                  (front ? "_front" : "_end");
                         });

TEST(Playback, PutsTheServicesBytesIntoAFile) {
  Shop shop;
  const std::string clip = tiny_mp4();
  shop.service.set_clip(clip);
  const std::string file = shop.dir.file("out.mp4");
  Pipeline pipeline(shop.source() + " ! filesink location=" + file);
  ASSERT_TRUE(pipeline.play());
  ASSERT_TRUE(pipeline.stop());
  EXPECT_TRUE(bytes_of(file) == clip);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(Playback, KeepsTheBytesOfALargeClip) {
  Shop shop;
  const std::string clip = fake_mp4({.size = (3U << 20U) + 17, .index = Mp4Index::end});
  shop.service.set_clip(clip);
  const std::string file = shop.dir.file("out.mp4");
  Pipeline pipeline(shop.source() + " ! filesink location=" + file);
  ASSERT_TRUE(pipeline.play());
  ASSERT_TRUE(pipeline.stop());
  EXPECT_TRUE(bytes_of(file) == clip);
}

TEST(Playback, TakesASilentClip) {
  Shop shop;
  shop.service.set_clip(tiny_mp4({.frames = kFrames, .sound = Mp4Sound::none}));
  Pipeline pipeline(shop.source() + " generate-audio=false ! decodebin3 ! fakesink name=video");
  ASSERT_TRUE(pipeline.play());
  EXPECT_EQ(buffers_at(pipeline, "video"), kFrames);
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_NE(shop.service.submission_list().front().body.find("\"generate_audio\":false"),
            std::string::npos);
}

TEST(Playback, AFinishedClipNeedsNoServiceAndNoKey) {
  Shop shop;
  shop.service.set_clip(tiny_mp4({.frames = kFrames}));
  {
    Pipeline first(shop.source() + " ! decodebin3 ! fakesink");
    ASSERT_TRUE(first.play());
    ASSERT_TRUE(first.stop());
  }
  ASSERT_TRUE(comes_true([&] {
    std::error_code none;
    for (const auto& item : std::filesystem::directory_iterator(shop.store(), none)) {
      if (item.path().extension() == ".mp4") return true;
    }
    return false;
  }));
  const unsigned connections = shop.service.connections();
  Pipeline second("klingtextsrc prompt=raccoon base-url=" + shop.service.base_url() +
                  " store-dir=" + shop.store() + " ! decodebin3 ! fakesink name=video");
  ASSERT_TRUE(second.play());
  EXPECT_EQ(shop.service.connections(), connections);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
