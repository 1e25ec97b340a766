// SPDX-License-Identifier: LGPL-2.1-or-later
// Seeks land where they should, in a finished clip and in one that is still being downloaded.
#include <gtest/gtest.h>

#include <cmath>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

constexpr int kFrames = 240;  // ten seconds
constexpr GstClockTime kFrame = GST_SECOND / 24;

struct Way {
  const char* name;
  const char* line;
};

class Seeks : public testing::TestWithParam<std::tuple<Way, Mp4Index>> {
 protected:
  Seeks() {
    shop_.service.set_clip(
        tiny_mp4({.frames = kFrames, .index = std::get<1>(GetParam()), .sound = Mp4Sound::none}));
  }

  std::string line() const {
    return shop_.source() + std::get<0>(GetParam()).line +
           " ! queue ! h264parse ! avdec_h264 ! fakesink name=video";
  }
  static bool seek(const Pipeline& pipeline, double seconds, int more = 0,
                   double stop_seconds = -1) {
    const GstSeekType stop_type = stop_seconds < 0 ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET;
    return gst_element_seek(
               pipeline.get(), 1.0, GST_FORMAT_TIME,
               static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE | more),
               GST_SEEK_TYPE_SET, static_cast<gint64>(seconds * GST_SECOND), stop_type,
               static_cast<gint64>(stop_seconds * GST_SECOND)) != FALSE;
  }
  // The stream time of the frame the sink has prerolled on.
  static double shown(const Pipeline& pipeline) {
    const ElementPtr sink = pipeline.named("video");
    GstSample* sample = nullptr;
    g_object_get(sink.get(), "last-sample", &sample, nullptr);
    if (sample == nullptr) return NAN;
    const GstClockTime time =
        gst_segment_to_stream_time(gst_sample_get_segment(sample), GST_FORMAT_TIME,
                                   GST_BUFFER_PTS(gst_sample_get_buffer(sample)));
    gst_sample_unref(sample);
    return static_cast<double>(time) / GST_SECOND;
  }

  Shop shop_;
};

constexpr double kFrameSeconds = static_cast<double>(kFrame) / GST_SECOND;

TEST_P(Seeks, ShowTheFrameThatWasAskedFor) {
  Pipeline pipeline(line());
  ASSERT_TRUE(pipeline.preroll()) << pipeline.errors();
  for (const double to : {7.5, 0.25, 9.9, 4.0, 0.0}) {
    ASSERT_TRUE(seek(pipeline, to));
    ASSERT_TRUE(pipeline.wait_for_state(GST_STATE_PAUSED));
    EXPECT_NEAR(shown(pipeline), to, kFrameSeconds) << to;
  }
  EXPECT_EQ(shop_.service.submissions(), 1U);
  EXPECT_EQ(progress_in(pipeline.messages()).back().type, GST_PROGRESS_TYPE_COMPLETE);
}

TEST_P(Seeks, OfASegmentEndWithIt) {
  Pipeline pipeline(line());
  ASSERT_TRUE(pipeline.preroll()) << pipeline.errors();
  ASSERT_TRUE(seek(pipeline, 2.0, GST_SEEK_FLAG_SEGMENT, 3.0));
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(pipeline.wait_for([](const Messages& messages) {
    return !of_type(messages, GST_MESSAGE_SEGMENT_DONE).empty() ||
           !of_type(messages, GST_MESSAGE_EOS).empty() ||
           !of_type(messages, GST_MESSAGE_ERROR).empty();
  }));
  EXPECT_FALSE(of_type(pipeline.messages(), GST_MESSAGE_SEGMENT_DONE).empty());
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

TEST_P(Seeks, ReachAheadOfTheDownload) {
  const bool pulled = std::string(std::get<0>(GetParam()).name) == "pulled";
  if (std::get<1>(GetParam()) == Mp4Index::end && !pulled) {
    GTEST_SKIP() << "pushed, the index at the end means reading it all first";
  }
  const std::string clip = tiny_mp4({.frames = kFrames,
                                     .width = 320,
                                     .height = 192,
                                     .index = std::get<1>(GetParam()),
                                     .sound = Mp4Sound::none,
                                     .picture = Mp4Picture::noise});
  shop_.service.set_clip(clip);
  // The first request would take minutes; what is asked for after the seek comes at once.
  shop_.service.on_clip({Answer::normal().throttle(100000)});
  Pipeline pipeline(line());
  ASSERT_TRUE(pipeline.preroll()) << pipeline.errors();
  ASSERT_TRUE(seek(pipeline, 9.0));
  ASSERT_TRUE(pipeline.wait_for_state(GST_STATE_PAUSED)) << pipeline.errors();
  EXPECT_NEAR(shown(pipeline), 9.0, kFrameSeconds);
  const auto requests = shop_.service.clip_request_list();
  ASSERT_GE(requests.size(), 2U);
  EXPECT_TRUE(requests.back().header("Range"));
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Ways, Seeks,
                         testing::Combine(testing::Values(Way{"pulled", " ! qtdemux"},
                                                          Way{"pushed", " ! identity ! qtdemux"}),
                                          testing::Values(Mp4Index::front, Mp4Index::end)),
                         [](const auto& tested) {
                           const bool front = std::get<1>(tested.param) == Mp4Index::front;
                           return std::string(std::get<0>(tested.param).name) +
                                  (front ? "_front" : "_end");
                         });

}  // namespace
}  // namespace klingtext::test
