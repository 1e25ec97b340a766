// SPDX-License-Identifier: LGPL-2.1-or-later
// Seeks to anywhere while a throttled download runs show the frames that the same seeks show in the
// local file.
#include <gtest/gtest.h>

#include <random>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

constexpr int kSeconds = 10;
constexpr const char* kDecoded = " ! qtdemux ! queue ! h264parse ! avdec_h264 ! fakesink name=sink";

bool is_long() {
  return g_getenv("KLINGTEXT_LONG") != nullptr;
}

struct Frame {
  GstClockTime time = GST_CLOCK_TIME_NONE;
  std::string checksum;
  bool operator==(const Frame&) const = default;
};
void PrintTo(const Frame& frame, std::ostream* out) {
  *out << static_cast<double>(frame.time) / GST_SECOND << " s, " << frame.checksum;
}

// What the sink has prerolled on.
Frame frame_of(const Pipeline& pipeline) {
  const ElementPtr sink = pipeline.named("sink");
  GstSample* last = nullptr;
  g_object_get(sink.get(), "last-sample", &last, nullptr);
  const GlibPtr<GstSample, gst_sample_unref> sample(last);
  if (!sample) return {};
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  Frame frame{gst_segment_to_stream_time(gst_sample_get_segment(sample.get()), GST_FORMAT_TIME,
                                         GST_BUFFER_PTS(buffer)),
              {}};
  GstMapInfo map{};
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return {};
  const GCharPtr sum(g_compute_checksum_for_data(G_CHECKSUM_MD5, map.data, map.size));
  gst_buffer_unmap(buffer, &map);
  frame.checksum = sum.get();
  return frame;
}

Frame frame_at(const Pipeline& pipeline, GstClockTime time) {
  const auto flags = static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE);
  if (!gst_element_seek_simple(pipeline.get(), GST_FORMAT_TIME, flags, static_cast<gint64>(time)) ||
      !pipeline.wait_for_state(GST_STATE_PAUSED)) {
    return {};
  }
  return frame_of(pipeline);
}

class SeeksAhead : public testing::TestWithParam<Mp4Index> {};

TEST_P(SeeksAhead, ShowTheLocalFilesFrames) {
  const std::string clip = tiny_mp4({.frames = 24 * kSeconds,
                                     .index = GetParam(),
                                     .sound = Mp4Sound::none,
                                     .picture = Mp4Picture::noise});
  Shop shop;
  shop.service.set_clip(clip);
  shop.service.always_on_clip(Answer::normal().throttle(clip.size() / (is_long() ? 60 : 5)));
  const std::string file = shop.dir.file("local.mp4");
  std::ofstream(file, std::ios::binary) << clip;

  Pipeline local("filesrc location=" + file + kDecoded);
  ASSERT_TRUE(local.preroll()) << local.errors();
  Pipeline ahead(shop.source() + kDecoded);
  ASSERT_TRUE(ahead.preroll()) << ahead.errors();

  std::mt19937 random(4);
  const int seeks = is_long() ? 500 : 10;
  for (int i = 0; i < seeks; ++i) {
    const GstClockTime to = random() % (kSeconds * 1000) * GST_MSECOND;
    const Frame wanted = frame_at(local, to);
    ASSERT_FALSE(wanted.checksum.empty()) << to;
    ASSERT_EQ(frame_at(ahead, to), wanted) << "seek " << i << ' ' << ahead.errors();
  }
  EXPECT_GE(shop.service.clip_requests(), 3U) << "nothing was ahead of the download";
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_TRUE(ahead.stop());
}

INSTANTIATE_TEST_SUITE_P(Index, SeeksAhead, testing::Values(Mp4Index::front, Mp4Index::end),
                         [](const auto& tested) {
                           return tested.param == Mp4Index::front ? "front" : "end";
                         });

}  // namespace
}  // namespace klingtext::test
