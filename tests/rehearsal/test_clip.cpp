// SPDX-License-Identifier: LGPL-2.1-or-later
// What is in a rehearsal's clip: its form, its frames and its samples.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "rehearsal/clip_render.h"
#include "rehearsal/decoded_clip.h"
#include "rehearsal/film.h"
#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::testing {
namespace {

using namespace klingtext::rehearsal;

// A decoder cuts to the nanosecond and may round that up to one more sample.
constexpr double kRounding = kChannels;

Shot shot_of(const std::string& prompt) {
  return {.model = kModel, .prompt = prompt};
}

class Clip : public ::testing::Test {
 protected:
  // The suite's clip: five seconds, 16:9, with sound.
  static void SetUpTestSuite() {
    dir_ = std::make_unique<TemporaryDir>();
    file_ = render(shot_of("A lighthouse in the rain"), "first.mp4");
    clip_ = decode_clip(file_, Tracks::picture_and_sound);
  }
  static void TearDownTestSuite() { dir_.reset(); }

  static std::filesystem::path render(const Shot& shot, const char* name) {
    auto path = dir_->path() / name;
    const Outcome rendered = render_clip({.clip = "3f2a", .shot = shot, .label = {.shot = "AB"}},
                                         path, std::stop_token());
    EXPECT_TRUE(rendered.ok()) << rendered.error().message;
    return path;
  }

  static inline std::unique_ptr<TemporaryDir> dir_;
  static inline std::filesystem::path file_;
  static inline DecodedClip clip_;
};

TEST_F(Clip, IsExactlyAsLongAsAsked) {
  const DiscoveredClip found = discover_clip(file_);
  ASSERT_TRUE(found.ok);
  EXPECT_EQ(found.duration, 5 * GST_SECOND);
  EXPECT_EQ(found.videos, 1);
  EXPECT_EQ(found.audios, 1);
  EXPECT_EQ(found.width, 1920);
  EXPECT_EQ(found.height, 1080);
  EXPECT_EQ(found.rate_numerator, 24);
  EXPECT_EQ(found.rate_denominator, 1);
  EXPECT_EQ(found.sample_rate, 48000);
  EXPECT_EQ(found.channels, 2);
}

TEST_F(Clip, HasEveryFrameOnceAndInOrder) {
  ASSERT_EQ(clip_.error, "");
  ASSERT_EQ(clip_.frames.size(), 120U);
  std::set<std::string> different;
  for (std::size_t i = 0; i < clip_.frames.size(); ++i) {
    const DecodedFrame& frame = clip_.frames[i];
    EXPECT_LE(std::llabs(GST_CLOCK_DIFF(frame.pts, i * GST_SECOND / 24)), GST_MSECOND) << i;
    ASSERT_TRUE(frame.mark.has_value()) << i;
    EXPECT_EQ(frame.mark->frame, i);
    EXPECT_EQ(frame.mark->shot, 0x3F2A);
    different.insert(frame.checksum);
  }
  EXPECT_EQ(different.size(), clip_.frames.size());
}

TEST_F(Clip, HasEverySample) {
  EXPECT_EQ(clip_.channels, kChannels);
  EXPECT_NEAR(static_cast<double>(clip_.samples.size()), 5 * kSampleRate * kChannels, kRounding);
}

TEST_F(Clip, FlashesOnOneFrame) {
  for (std::size_t i = 0; i < clip_.frames.size(); ++i) {
    if (i == kPopFrame) {
      EXPECT_GT(clip_.frames[i].brightness, 230);
    } else {
      EXPECT_LT(clip_.frames[i].brightness, 120) << i;
    }
  }
}

TEST_F(Clip, PopsWithTheFlash) {
  constexpr int kLoud = 32768 / 6;  // below the pop, far above the bed
  constexpr std::int64_t kStart = std::int64_t{kPopFrame} * kSamplesPerFrame;
  std::int64_t first = -1;
  std::int64_t last = -1;
  for (std::size_t i = 0; i < clip_.samples.size(); i += kChannels) {
    if (std::abs(clip_.samples[i]) < kLoud) continue;
    last = static_cast<std::int64_t>(i / kChannels);
    if (first < 0) first = last;
  }
  EXPECT_NEAR(static_cast<double>(first), static_cast<double>(kStart), 96);  // 2 ms
  EXPECT_NEAR(static_cast<double>(last), static_cast<double>(kStart + kSamplesPerFrame), 96);
}

TEST_F(Clip, IsTheSameEveryTime) {
  const DecodedClip again = decode_clip(render(shot_of("A lighthouse in the rain"), "again.mp4"),
                                        Tracks::picture_and_sound);
  ASSERT_EQ(again.frames.size(), clip_.frames.size());
  for (std::size_t i = 0; i < again.frames.size(); ++i) {
    EXPECT_EQ(again.frames[i].checksum, clip_.frames[i].checksum) << i;
  }
  EXPECT_EQ(again.samples, clip_.samples);
}

TEST_F(Clip, IsTallAndSilentWhenAsked) {
  Shot shot = shot_of("Rain");
  shot.aspect_ratio = "9:16";
  shot.audio = false;
  const auto file = render(shot, "tall.mp4");
  const DiscoveredClip found = discover_clip(file);
  EXPECT_EQ(found.duration, 5 * GST_SECOND);
  EXPECT_EQ(found.audios, 0);
  EXPECT_EQ(found.width, 1080);
  EXPECT_EQ(found.height, 1920);
}

TEST_F(Clip, IsSquareAndLongWhenAsked) {
  Shot shot = shot_of("Rain");
  shot.aspect_ratio = "1:1";
  shot.seconds = 10;
  const auto file = render(shot, "square.mp4");
  EXPECT_EQ(discover_clip(file).duration, 10 * GST_SECOND);
  const DecodedClip clip = decode_clip(file, Tracks::picture_and_sound);
  EXPECT_EQ(clip.width, 1080);
  EXPECT_EQ(clip.height, 1080);
  EXPECT_EQ(clip.frames.size(), 240U);
  EXPECT_NEAR(static_cast<double>(clip.samples.size()), 10 * kSampleRate * kChannels, kRounding);
}

TEST_F(Clip, IsNotRenderedAfterTheStop) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(render_clip({.clip = "3f2a", .shot = shot_of("Rain"), .label = {.shot = "AB"}},
                          dir_->path() / "stopped.mp4", stop.get_token())
                  .stopped());
}

}  // namespace
}  // namespace klingtext::testing
