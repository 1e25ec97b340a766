// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_palette.h"

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

double hue_of(const std::string& prompt) {
  return static_cast<double>(std::stoul(sha256_hex("hue\n" + prompt).substr(0, 6), nullptr, 16)) /
         0x1000000;
}

}  // namespace

SlatePalette::SlatePalette(const std::string& prompt) {
  const double hue = hue_of(prompt);
  ground = oklch(0.19, 0.018, hue);
  panel = oklch(0.50, 0.125, hue);
  panel_deep = oklch(0.33, 0.09, hue);
  accent = oklch(0.84, 0.13, hue);
  ink = oklch(0.97, 0.008, hue);
  soft = oklch(0.85, 0.03, hue);
  rule = oklch(0.36, 0.03, hue);
}

}  // namespace klingtext::rehearsal
