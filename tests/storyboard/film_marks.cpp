// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints, as one JSON object, what a player gets to see of a film: its size, its sound, and every
// frame's time, brightness and rehearsal mark.
#include <gst/gst.h>

#include <cstdio>
#include <iostream>

#include "rehearsal/decoded_clip.h"

namespace {

void print(const klingtext::testing::DecodedFrame& frame) {
  std::printf("{\"pts\":%.6f,\"brightness\":%.1f", static_cast<double>(frame.pts) / GST_SECOND,
              frame.brightness);
  if (frame.mark) {
    std::printf(",\"shot\":%u,\"frame\":%u", static_cast<unsigned>(frame.mark->shot),
                static_cast<unsigned>(frame.mark->frame));
  }
  std::printf("}");
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) return 2;
  const auto clip =
      klingtext::testing::decode_clip(argv[1], klingtext::testing::Tracks::picture_and_sound);
  if (!clip.error.empty()) {
    std::cerr << clip.error << '\n';
    return 1;
  }
  std::printf("{\"width\":%d,\"height\":%d,\"channels\":%d,\"samples\":%zu,\"frames\":[",
              clip.width, clip.height, clip.channels, clip.samples.size());
  const char* separator = "";
  for (const auto& frame : clip.frames) {
    std::printf("%s", separator);
    print(frame);
    separator = ",";
  }
  std::printf("]}\n");
  return 0;
}
