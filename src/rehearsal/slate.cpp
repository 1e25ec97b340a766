// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "base/text.h"
#include "rehearsal/film.h"
#include "rehearsal/shot_mark.h"
#include "rehearsal/slate_page.h"

namespace klingtext::rehearsal {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kNoon = -std::numbers::pi / 2;
constexpr double kProgressHeight = 6;

std::string two_digits(int number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

std::string smpte(int frame) {
  const int seconds = frame / kFramesPerSecond;
  return two_digits(seconds / 3600) + ':' + two_digits(seconds / 60 % 60) + ':' +
         two_digits(seconds % 60) + ':' + two_digits(frame % kFramesPerSecond);
}

// Zeros in front keep the numbers in their columns.
std::string count_of(int number, int all) {
  const std::string end = std::to_string(all);
  const std::string text = std::to_string(number);
  return std::string(end.size() - text.size(), '0') + text + '/' + end;
}

}  // namespace

Slate::Slate(const Shot& shot, const SlateLabel& label, std::uint16_t mark)
    : layout_(SlateLayout::of(shot.aspect_ratio)),
      palette_(shot.prompt),
      mark_(mark),
      two_pop_(label.two_pop),
      frames_(shot.seconds * kFramesPerSecond),
      countdown_(
          {.size = layout_.dial_radius * 0.95, .colour = palette_.ink, .weight = Weight::bold}),
      timecode_({.size = layout_.timecode_size,
                 .colour = palette_.ink,
                 .weight = Weight::bold,
                 .family = Family::mono}),
      counter_({.size = layout_.counter_size, .colour = palette_.soft, .family = Family::mono}),
      still_(draw_slate_page(shot, label, layout_, palette_)) {}

void Slate::draw(int index, unsigned char* pixels, int stride) const {
  const auto* still = cairo_image_surface_get_data(still_.get());
  const int still_stride = cairo_image_surface_get_stride(still_.get());
  for (int row = 0; row < height(); ++row) {
    std::memcpy(pixels + static_cast<std::ptrdiff_t>(row) * stride,
                still + static_cast<std::ptrdiff_t>(row) * still_stride,
                static_cast<std::size_t>(width()) * 4);
  }
  const SurfacePtr frame(
      cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, width(), height(), stride));
  const CairoPtr cairo(cairo_create(frame.get()));
  if (index == kPopFrame && two_pop_ == TwoPop::yes) {
    cairo_set_source_rgb(cairo.get(), 1, 1, 1);
    cairo_paint(cairo.get());
  } else {
    draw_dial(cairo.get(), index);
    timecode_.draw(cairo.get(), smpte(index), layout_.numbers_centre, layout_.timecode_top);
    counter_.draw(cairo.get(), count_of(index, frames_ - 1), layout_.numbers_centre,
                  layout_.counter_top);
    draw_progress(cairo.get(), index);
  }
  draw_mark(cairo.get(), index);
  cairo_surface_flush(frame.get());
}

// A clock hand that goes round once a second and leaves the colour behind it, as on the leader of
// a film, around the seconds that are left.
void Slate::draw_dial(cairo_t* cairo, int index) const {
  const double x = layout_.dial_x;
  const double y = layout_.dial_y;
  const double hand =
      kNoon + kTurn * (index % kFramesPerSecond + 1) / static_cast<double>(kFramesPerSecond);
  const Colour& accent = palette_.accent;
  cairo_set_source_rgba(cairo, accent.red, accent.green, accent.blue, 0.42);
  cairo_move_to(cairo, x, y);
  cairo_arc(cairo, x, y, layout_.dial_radius * 0.93, kNoon, hand);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  cairo_set_source_rgb(cairo, accent.red, accent.green, accent.blue);
  cairo_set_line_width(cairo, 5);
  cairo_move_to(cairo, x, y);
  cairo_line_to(cairo, x + layout_.dial_radius * std::cos(hand),
                y + layout_.dial_radius * std::sin(hand));
  cairo_stroke(cairo);
  const int left = (frames_ - index + kFramesPerSecond - 1) / kFramesPerSecond;
  countdown_.draw(cairo, std::to_string(left), x, y - countdown_.height() / 2);
}

void Slate::draw_progress(cairo_t* cairo, int index) const {
  const double mark = static_cast<double>(height()) / ShotMark::kRowsPerPicture;
  const Colour& accent = palette_.accent;
  cairo_set_source_rgb(cairo, accent.red, accent.green, accent.blue);
  cairo_rectangle(cairo, 0, height() - mark - kProgressHeight,
                  static_cast<double>(width()) * (index + 1) / frames_, kProgressHeight);
  cairo_fill(cairo);
}

void Slate::draw_mark(cairo_t* cairo, int index) const {
  const double cell_width = static_cast<double>(width()) / ShotMark::kCells;
  const double cell_height = static_cast<double>(height()) / ShotMark::kRowsPerPicture;
  const ShotMark mark{.shot = mark_, .frame = static_cast<std::uint16_t>(index)};
  double left = 0;
  for (const bool light : mark.cells()) {
    const double level = light ? 0.78 : 0.02;
    cairo_set_source_rgb(cairo, level, level, level);
    cairo_rectangle(cairo, left, height() - cell_height, cell_width, cell_height);
    cairo_fill(cairo);
    left += cell_width;
  }
}

}  // namespace klingtext::rehearsal
