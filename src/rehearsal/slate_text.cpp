// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_text.h"

#include <cmath>

namespace klingtext::rehearsal {

namespace {

using FontOptionsPtr = GlibPtr<cairo_font_options_t, cairo_font_options_destroy>;
using AttributesPtr = GlibPtr<PangoAttrList, pango_attr_list_unref>;

using LineIterPtr = GlibPtr<PangoLayoutIter, pango_layout_iter_free>;

int to_pango(double pixels) {
  return static_cast<int>(std::lround(pixels * PANGO_SCALE));
}

// The desktop's taste in hinting and subpixels must not change a frame.
void use_plain_rendering(PangoLayout* layout) {
  const FontOptionsPtr options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  PangoContext* context = pango_layout_get_context(layout);
  pango_cairo_context_set_font_options(context, options.get());
  pango_cairo_context_set_resolution(context, 96);
  pango_layout_context_changed(layout);
}

}  // namespace

SlateText::SlateText(cairo_t* cairo, const std::string& text, const TextStyle& style)
    : cairo_(cairo),
      colour_(style.colour),
      leading_(style.leading),
      layout_(ObjectPtr<PangoLayout>::adopt(pango_cairo_create_layout(cairo))) {
  use_plain_rendering(layout_.get());
  const FontPtr font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), style.family == Family::mono
                                                           ? "DejaVu Sans Mono, Monospace"
                                                           : "DejaVu Sans, Sans");
  pango_font_description_set_weight(
      font.get(), style.weight == Weight::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font.get(), to_pango(style.size));
  pango_layout_set_font_description(layout_.get(), font.get());
  pango_layout_set_line_spacing(layout_.get(), static_cast<float>(style.leading));
  pango_layout_set_wrap(layout_.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_END);
  if (style.spacing > 0) {
    const AttributesPtr attributes(pango_attr_list_new());
    pango_attr_list_insert(attributes.get(),
                           pango_attr_letter_spacing_new(to_pango(style.spacing)));
    pango_layout_set_attributes(layout_.get(), attributes.get());
  }
  pango_layout_set_text(layout_.get(), text.data(), static_cast<int>(text.size()));
}

void SlateText::wrap(double width) {
  pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_NONE);
  pango_layout_set_width(layout_.get(), to_pango(width));
}

void SlateText::wrap_words(double width) {
  wrap(width);
  pango_layout_set_wrap(layout_.get(), PANGO_WRAP_WORD);
}

void SlateText::fit(double width, double height) {
  pango_layout_set_width(layout_.get(), to_pango(width));
  // Pango counts the lines as if they stood without the extra spacing.
  pango_layout_set_height(layout_.get(), to_pango(height / leading_));
}

void SlateText::fit_line(double width) {
  pango_layout_set_single_paragraph_mode(layout_.get(), TRUE);
  pango_layout_set_width(layout_.get(), to_pango(width));
}

std::size_t SlateText::bytes_above(double height) const {
  const LineIterPtr line(pango_layout_get_iter(layout_.get()));
  std::size_t bytes = 0;
  do {
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(line.get(), nullptr, &logical);
    if (logical.y + logical.height > to_pango(height)) break;
    const PangoLayoutLine* end = pango_layout_iter_get_line_readonly(line.get());
    bytes = static_cast<std::size_t>(end->start_index) + static_cast<std::size_t>(end->length);
  } while (pango_layout_iter_next_line(line.get()) != FALSE);
  return bytes;
}

double SlateText::width() const {
  PangoRectangle logical;
  pango_layout_get_extents(layout_.get(), nullptr, &logical);
  return static_cast<double>(logical.width) / PANGO_SCALE;
}

double SlateText::height() const {
  PangoRectangle logical;
  pango_layout_get_extents(layout_.get(), nullptr, &logical);
  return static_cast<double>(logical.height) / PANGO_SCALE;
}

void SlateText::draw(double left, double top) const {
  cairo_set_source_rgb(cairo_, colour_.red, colour_.green, colour_.blue);
  cairo_move_to(cairo_, left, top);
  pango_cairo_show_layout(cairo_, layout_.get());
}

}  // namespace klingtext::rehearsal
