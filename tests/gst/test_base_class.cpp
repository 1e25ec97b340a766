// SPDX-License-Identifier: LGPL-2.1-or-later
// What GstBaseSrc brings: its properties, seeks without a flush, and reads of nothing.
#include <gtest/gtest.h>

#include "pulled_source.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

class BaseClass : public testing::Test {
 protected:
  BaseClass() { shop_.service.set_clip(tiny_mp4()); }
  Shop shop_;
};

TEST_F(BaseClass, DoTimestampDeliversEverythingInBytes) {
  const std::string file = shop_.dir.file("copy.mp4");
  Pipeline pipeline(shop_.source() + " do-timestamp=true ! filesink name=sink location=" + file);
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(bytes_of(file) == tiny_mp4());
}

TEST_F(BaseClass, DoTimestampCanBePulled) {
  Pipeline pipeline(shop_.source() + " do-timestamp=true ! decodebin3 ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
}

TEST_F(BaseClass, DoTimestampCanBeSetWhileItRuns) {
  shop_.service.always_on_clip(Answer::normal().hold_after(1000));
  const std::string file = shop_.dir.file("copy.mp4");
  Pipeline pipeline(shop_.source() + " ! filesink location=" + file);
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(comes_true([&] { return shop_.service.counts().clip_bytes >= 1000; }));
  g_object_set(pipeline.named("source").get(), "do-timestamp", TRUE, nullptr);
  shop_.service.release();
  ASSERT_TRUE(pipeline.wait_for_end());
  EXPECT_TRUE(bytes_of(file) == tiny_mp4()) << pipeline.errors();
}

TEST_F(BaseClass, NumBuffersEndsTheStream) {
  const std::string file = shop_.dir.file("copy.mp4");
  Pipeline pipeline(shop_.source() + " num-buffers=2 blocksize=100 ! filesink location=" + file);
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(bytes_of(file), tiny_mp4().substr(0, 200));
}

TEST_F(BaseClass, AReadOfNothingIsEmptyAndBuysNothing) {
  PulledSource source(shop_);
  EXPECT_EQ(source.get(0, 0), GST_FLOW_OK);
  EXPECT_EQ(shop_.service.connections(), 0U);
  EXPECT_EQ(source.get(0, 100), GST_FLOW_OK);
  EXPECT_EQ(source.get(50, 0), GST_FLOW_OK);
}

class SeekWithoutFlush : public testing::TestWithParam<const char*> {};

// In push mode, while the reader waits for the generation: through the element or from downstream.
TEST_P(SeekWithoutFlush, ReturnsWhileDataIsAwaited) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink name=sink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  const ElementPtr target = pipeline.named(GetParam());
  for (const GstFormat format : {GST_FORMAT_BYTES, GST_FORMAT_TIME, GST_FORMAT_BYTES}) {
    auto seek = std::async(std::launch::async, [&] {
      const PadPtr pad(gst_element_get_static_pad(target.get(), "sink"));
      GstEvent* event = gst_event_new_seek(1, format, GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, 0,
                                           GST_SEEK_TYPE_NONE, -1);
      return pad ? gst_pad_push_event(pad.get(), event)
                 : gst_element_send_event(target.get(), event);
    });
    ASSERT_EQ(seek.wait_for(Pipeline::kPatience), std::future_status::ready) << format;
    EXPECT_EQ(seek.get() != FALSE, format == GST_FORMAT_BYTES);
  }
  shop.service.release();
  EXPECT_TRUE(pipeline.wait_for_end());
  EXPECT_TRUE(of_type(pipeline.messages(), GST_MESSAGE_ERROR).empty()) << pipeline.errors();
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST_P(SeekWithoutFlush, CanBeFollowedByAStop) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink name=sink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  EXPECT_TRUE(
      gst_element_send_event(pipeline.named("source").get(),
                             gst_event_new_seek(1, GST_FORMAT_BYTES, GST_SEEK_FLAG_NONE,
                                                GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
  EXPECT_TRUE(pipeline.stop());
}

INSTANTIATE_TEST_SUITE_P(Senders, SeekWithoutFlush, testing::Values("source", "sink"));

}  // namespace
}  // namespace klingtext::test
