// SPDX-License-Identifier: LGPL-2.1-or-later
// Text on a slate. Pango chooses fonts and directions, so every script that has a font works.
#pragma once

#include <pango/pangocairo.h>

#include <string>

#include "base/glib_ptr.h"
#include "rehearsal/colour.h"

namespace klingtext::rehearsal {

using CairoPtr = GlibPtr<cairo_t, cairo_destroy>;
using SurfacePtr = GlibPtr<cairo_surface_t, cairo_surface_destroy>;
using FontPtr = GlibPtr<PangoFontDescription, pango_font_description_free>;

enum class Weight { regular, bold };
enum class Family { sans, mono };

struct TextStyle {
  double size = 32;  // pixels
  Colour colour;
  Weight weight = Weight::regular;
  Family family = Family::sans;
  double spacing = 0;     // extra pixels between letters
  double leading = 1.12;  // of the font's own line height
};

// One laid-out text. Lives on the thread that made it: Pango's font map is per thread.
class SlateText {
 public:
  SlateText(cairo_t* cairo, const std::string& text, const TextStyle& style);

  void wrap(double width);
  // As wrap(), but a word that is longer than a line stands out of it.
  void wrap_words(double width);
  // Wraps at `width` and cuts with an ellipsis what goes beyond `height`; both in pixels.
  void fit(double width, double height);
  // One line, cut with an ellipsis at `width`.
  void fit_line(double width);
  // How much of the text stands in lines that end above `height`.
  std::size_t bytes_above(double height) const;
  double width() const;
  double height() const;
  void draw(double left, double top) const;
  void draw_right(double right, double top) const { draw(right - width(), top); }
  void draw_centred(double centre, double top) const { draw(centre - width() / 2, top); }

 private:
  cairo_t* cairo_;  // the caller's, who draws on it
  Colour colour_;
  double leading_;
  ObjectPtr<PangoLayout> layout_;
};

}  // namespace klingtext::rehearsal
