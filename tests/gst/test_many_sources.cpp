// SPDX-License-Identifier: LGPL-2.1-or-later
// Twenty sources in one process: each buys once, and what they made comes in the order of the line.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

constexpr int kSources = 20;
constexpr int kFrames = 6;

int width_of(int number) {
  return 160 + 16 * number;
}

std::string clip_of(int number) {
  return tiny_mp4({.frames = kFrames, .width = width_of(number), .sound = Mp4Sound::none});
}

std::string source(const Shop& shop, int number) {
  const std::string name = "source" + std::to_string(number);
  return "klingtextsrc name=" + name +
         " poll-interval=20 api-key=test-key base-url=" + shop.service.base_url() +
         " store-dir=" + shop.store() + " prompt=\"raccoon " + std::to_string(number) + "\"";
}

std::string concat_line(const Shop& shop) {
  std::string line = "concat name=all ! fakesink name=out";
  for (int number = 0; number < kSources; ++number) {
    line += " " + source(shop, number) + " ! qtdemux ! h264parse ! queue ! all.sink_" +
            std::to_string(number);
  }
  return line;
}

struct Shown {
  std::vector<int> widths;  // one per caps
  int frames = 0;
};

GstPadProbeReturn note(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& shown = *static_cast<Shown*>(data);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) ++shown.frames;
  if ((info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) == 0) return GST_PAD_PROBE_OK;
  GstEvent* event = gst_pad_probe_info_get_event(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  int width = 0;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "width", &width);
  if (shown.widths.empty() || shown.widths.back() != width) shown.widths.push_back(width);
  return GST_PAD_PROBE_OK;
}

void watch(const Pipeline& pipeline, Shown& shown) {
  const PadPtr pad(gst_element_get_static_pad(pipeline.named("out").get(), "sink"));
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      note, &shown, nullptr);
}

TEST(ManySources, AllAtOnceInOneLine) {
  Shop shop;
  shop.service.set_clip(clip_of(0));
  Shown shown;
  Pipeline pipeline(concat_line(shop));
  watch(pipeline, shown);
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(shown.frames, kSources * kFrames);
  EXPECT_EQ(shop.service.submissions(), static_cast<unsigned>(kSources));
}

TEST(ManySources, InTheOrderOfTheLine) {
  Shop shop;
  std::vector<int> widths;
  for (int number = 0; number < kSources; ++number) {
    shop.service.set_clip(clip_of(number));
    widths.push_back(width_of(number));
    Pipeline bought(source(shop, number) + " ! fakesink");
    ASSERT_TRUE(bought.play()) << bought.errors();
  }
  Shown shown;
  Pipeline pipeline(concat_line(shop));
  watch(pipeline, shown);
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(shown.widths, widths);
  EXPECT_EQ(shown.frames, kSources * kFrames);
  EXPECT_EQ(shop.service.submissions(), static_cast<unsigned>(kSources));
}

TEST(ManySources, SideBySide) {
  Shop shop;
  shop.service.set_clip(clip_of(0));
  std::string line = "compositor name=all ! fakesink name=out";
  for (int number = 0; number < kSources; ++number) {
    line += " " + source(shop, number) +
            " ! qtdemux ! h264parse ! avdec_h264 max-threads=1 ! queue ! all.";
  }
  Shown shown;
  Pipeline pipeline(line);
  watch(pipeline, shown);
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(pipeline.stop());
  EXPECT_GE(shown.frames, kFrames);
  EXPECT_EQ(shop.service.submissions(), static_cast<unsigned>(kSources));
}

}  // namespace
}  // namespace klingtext::test
