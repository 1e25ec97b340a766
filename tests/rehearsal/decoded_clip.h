// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/shot_mark.h"

namespace klingtext::testing {

struct DecodedFrame {
  GstClockTime pts = 0;
  std::string checksum;
  double brightness = 0;  // mean luma, 0..255, of all but the mark
  std::optional<rehearsal::ShotMark> mark;
};

// Every frame and every sample of an MP4, as a player gets them.
struct DecodedClip {
  std::string error;  // empty when it played to its end
  int width = 0;
  int height = 0;
  std::vector<DecodedFrame> frames;
  int channels = 0;
  std::vector<std::int16_t> samples;  // interleaved
};

enum class Tracks { picture, picture_and_sound };
DecodedClip decode_clip(const std::filesystem::path& file, Tracks tracks);

// What gst-discoverer-1.0 says.
struct DiscoveredClip {
  bool ok = false;
  GstClockTime duration = 0;
  int width = 0;
  int height = 0;
  int rate_numerator = 0;
  int rate_denominator = 0;
  int videos = 0;
  int audios = 0;
  int sample_rate = 0;
  int channels = 0;
};
DiscoveredClip discover_clip(const std::filesystem::path& file);

}  // namespace klingtext::testing
