// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/numerals.h"

#include <algorithm>
#include <cmath>

namespace klingtext::rehearsal {

namespace {

constexpr std::string_view kCharacters = "0123456789:;/";

SurfacePtr blank_mask(double width, double height) {
  return SurfacePtr(cairo_image_surface_create(CAIRO_FORMAT_A8, static_cast<int>(width),
                                               static_cast<int>(height)));
}

}  // namespace

Numerals::Numerals(const TextStyle& style) : colour_(style.colour) {
  const SurfacePtr scratch = blank_mask(1, 1);
  const CairoPtr measure(cairo_create(scratch.get()));
  for (const char character : kCharacters) {
    const SlateText text(measure.get(), std::string(1, character), style);
    column_ = std::max(column_, std::ceil(text.width()));
    height_ = std::max(height_, std::ceil(text.height()));
  }
  for (const char character : kCharacters) {
    SurfacePtr glyph = blank_mask(column_, height_);
    const CairoPtr cairo(cairo_create(glyph.get()));
    SlateText(cairo.get(), std::string(1, character), style).draw_centred(column_ / 2, 0);
    cairo_surface_flush(glyph.get());
    glyphs_.emplace(character, std::move(glyph));
  }
}

double Numerals::width_of(const std::string& text) const {
  return column_ * static_cast<double>(text.size());
}

void Numerals::draw(cairo_t* cairo, const std::string& text, double centre, double top) const {
  cairo_set_source_rgb(cairo, colour_.red, colour_.green, colour_.blue);
  double left = std::round(centre - width_of(text) / 2);
  for (const char character : text) {
    const auto glyph = glyphs_.find(character);
    if (glyph != glyphs_.end()) cairo_mask_surface(cairo, glyph->second.get(), left, top);
    left += column_;
  }
}

}  // namespace klingtext::rehearsal
