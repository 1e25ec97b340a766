// SPDX-License-Identifier: LGPL-2.1-or-later
// The mark is read from copies: smaller, coarser, in other codecs.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "base/glib_ptr.h"
#include "rehearsal/clip_render.h"
#include "rehearsal/decoded_clip.h"
#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::testing {
namespace {

using namespace klingtext::rehearsal;

constexpr std::uint16_t kShot = 0x3F2A;

struct Copy {
  const char* name;
  const char* encoding;  // from raw frames to a file
};

const Copy kCopies[] = {
    {"h264-1m", "videoconvert ! x264enc bitrate=1000 speed-preset=veryfast ! h264parse ! mp4mux"},
    {"h264-360p-150k",
     "videoconvert ! videoscale ! video/x-raw,width=640,height=360 ! x264enc bitrate=150 "
     "speed-preset=ultrafast ! h264parse ! mp4mux"},
    {"vp8-270p",
     "videoconvert ! videoscale ! video/x-raw,width=480,height=270 ! vp8enc deadline=1 "
     "target-bitrate=200000 ! webmmux"},
    {"h264-odd-size",
     "videoconvert ! videoscale ! video/x-raw,width=854,height=480 ! x264enc bitrate=400 "
     "speed-preset=ultrafast ! h264parse ! mp4mux"},
    {"jpeg-180p",
     "videoconvert ! videoscale ! video/x-raw,width=320,height=180 ! jpegenc quality=50 ! "
     "matroskamux"},
};

// Empty when it went well.
std::string run(const std::string& line) {
  GErrorPtr error;
  const auto pipeline = ObjectPtr<GstElement>::adopt(
      GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(line.c_str(), ErrorOut(error)))));
  if (error != nullptr) return error->message;
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto bus = ObjectPtr<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  GstMessage* end =
      gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (GST_MESSAGE_TYPE(end) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(end, ErrorOut(error), nullptr);
  }
  gst_message_unref(end);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return error == nullptr ? "" : error->message;
}

class MarkSurvives : public ::testing::TestWithParam<Copy> {
 protected:
  static void SetUpTestSuite() {
    dir_ = std::make_unique<TemporaryDir>();
    const Shot shot{
        .model = kModel, .prompt = "A lighthouse in the rain", .seconds = 3, .audio = false};
    const auto rendered = render_clip({.clip = "3f2a", .shot = shot, .label = {.shot = "AB"}},
                                      dir_->path() / "clip.mp4", std::stop_token());
    ASSERT_TRUE(rendered.ok()) << rendered.error().message;
  }
  static void TearDownTestSuite() { dir_.reset(); }

  static inline std::unique_ptr<TemporaryDir> dir_;
};

TEST_P(MarkSurvives, OnEveryFrameOfTheCopy) {
  const auto file = dir_->path() / GetParam().name;
  ASSERT_EQ(run("filesrc location=" + (dir_->path() / "clip.mp4").string() + " ! decodebin ! " +
                GetParam().encoding + " ! filesink location=" + file.string()),
            "");
  const DecodedClip copy = decode_clip(file, Tracks::picture);
  ASSERT_EQ(copy.error, "");
  ASSERT_EQ(copy.frames.size(), 72U);
  for (std::size_t i = 0; i < copy.frames.size(); ++i) {
    const ShotMark expected{.shot = kShot, .frame = static_cast<std::uint16_t>(i)};
    EXPECT_EQ(copy.frames[i].mark, expected) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Copies, MarkSurvives, ::testing::ValuesIn(kCopies), [](const auto& copy) {
  std::string name = copy.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace klingtext::testing
