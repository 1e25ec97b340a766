// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace klingtext::rehearsal {

// Red, green and blue as cairo takes them: sRGB, 0..1.
struct Colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

// A colour in OKLCH, where equal lightness looks equally light in every hue, so that one palette
// is legible for all prompts. `hue` in turns; what lies outside sRGB is clipped.
Colour oklch(double lightness, double chroma, double hue);

}  // namespace klingtext::rehearsal
