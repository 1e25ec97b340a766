// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <string>

#include "support/fake_mp4.h"

namespace klingtext::test {

enum class Mp4Sound { none, aac };

// Even sides. 24 frames are one second. Noise in the picture makes the file large: about 10 MB a
// second at 1280x720, for tests of what happens before a clip is whole.
enum class Mp4Picture { smooth, noise };

struct TinyMp4 {
  int frames = 24;
  int width = 160;
  int height = 96;
  Mp4Index index = Mp4Index::front;
  Mp4Sound sound = Mp4Sound::aac;
  Mp4Picture picture = Mp4Picture::smooth;
  auto operator<=>(const TinyMp4&) const = default;
};

// A real, playable H.264 MP4, made with GStreamer at the first call and kept for the process.
// Calls gst_init() itself. Throws when an element is missing.
const std::string& tiny_mp4(const TinyMp4& wanted = {});

}  // namespace klingtext::test
