// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace klingtext::rehearsal {

struct Box {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
  double centre() const { return left + width / 2; }
};

// Where things stand on a slate, in pixels, by aspect ratio: a coloured panel with the dial and
// the running numbers, and a page with the words. Words keep clear of the outer 5 %, where screens
// and players may cut or cover them.
struct SlateLayout {
  int width = 1920;
  int height = 1080;
  Box panel;  // bleeds to the edges of the picture
  Box page;   // the words' area, margins already taken off
  Box facts;  // SHOT and TAKE on the panel
  double dial_x = 0;
  double dial_y = 0;
  double dial_radius = 0;
  double numbers_centre = 0;
  double timecode_top = 0;
  double timecode_size = 0;
  double counter_top = 0;
  double counter_size = 0;
  double largest_prompt = 0;  // size of the type
  double smallest_prompt = 22;

  static SlateLayout of(const std::optional<std::string>& aspect_ratio);
};

}  // namespace klingtext::rehearsal
