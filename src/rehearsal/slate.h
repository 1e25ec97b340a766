// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture of a rehearsal: an animatic slate that holds the place of the generated film.
#pragma once

#include <cstdint>
#include <string>

#include "rehearsal/numerals.h"
#include "rehearsal/slate_label.h"
#include "rehearsal/slate_layout.h"
#include "rehearsal/slate_palette.h"
#include "rehearsal/slate_text.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

// Everything that stands still is drawn by the constructor, on the thread that calls it; draw()
// may then be called on any one thread at a time. `mark` is the shot of the machine-readable mark.
class Slate {
 public:
  Slate(const Shot& shot, const SlateLabel& label, std::uint16_t mark);

  int width() const { return layout_.width; }
  int height() const { return layout_.height; }
  int frames() const { return frames_; }

  // Draws frame `index` (0 is the first) as BGRx with `stride` bytes per row.
  void draw(int index, unsigned char* pixels, int stride) const;

 private:
  void draw_dial(cairo_t* cairo, int index) const;
  void draw_progress(cairo_t* cairo, int index) const;
  void draw_mark(cairo_t* cairo, int index) const;

  SlateLayout layout_;
  SlatePalette palette_;
  std::uint16_t mark_;
  TwoPop two_pop_;
  int frames_;
  Numerals countdown_;
  Numerals timecode_;
  Numerals counter_;
  SurfacePtr still_;
};

}  // namespace klingtext::rehearsal
