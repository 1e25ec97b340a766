// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "rehearsal/slate_text.h"

namespace klingtext::rehearsal {

// Digits and separators drawn once, then stamped on every frame: no Pango while film is running,
// and columns that do not wobble. Once made, it may be used on any thread.
class Numerals {
 public:
  explicit Numerals(const TextStyle& style);
  double width_of(const std::string& text) const;
  // Stamps `text` around the middle `centre`; characters it does not know are left blank.
  void draw(cairo_t* cairo, const std::string& text, double centre, double top) const;
  double height() const { return height_; }

 private:
  std::map<char, SurfacePtr> glyphs_;  // masks, one column wide
  Colour colour_;
  double column_ = 0;
  double height_ = 0;
};

}  // namespace klingtext::rehearsal
