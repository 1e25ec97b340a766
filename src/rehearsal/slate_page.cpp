// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "rehearsal/film.h"

namespace klingtext::rehearsal {

namespace {

constexpr double kLabelSize = 20;
constexpr double kLabelSpacing = 3;
constexpr double kFactSize = 30;
constexpr double kTagHeight = 64;
constexpr double kPromptStep = 2;
constexpr double kGap = 44;
constexpr double kNoteSize = 24;
constexpr double kActionSafe = 0.93;  // of width and height
constexpr double kTitleSafe = 0.90;
constexpr double kCornerArm = 22;
constexpr double kOpticalCentre = 0.42;  // a little above the middle looks like the middle
constexpr double kNegativeSize = 28;
constexpr double kNegativeLines = 2;
constexpr double kReasonLines = 5;

struct Fact {
  const char* label;
  std::string value;
};

std::string decimal(double number) {
  std::array<char, 32> text{};
  g_ascii_formatd(text.data(), static_cast<int>(text.size()), "%.3g", number);
  return text.data();
}

class PagePainter {
 public:
  PagePainter(cairo_t* cairo, const SlateLayout& layout, const SlatePalette& palette)
      : cairo_(cairo), layout_(layout), palette_(palette) {}

  void paint(const Shot& shot, const SlateLabel& label) {
    paint_page(shot, label, "REHEARSAL",
               {"NEGATIVE", shot.negative_prompt.value_or(""), kNegativeLines});
  }

  void paint_missing(const Shot& shot, const SlateLabel& label, const std::string& why) {
    paint_page(shot, label, "MISSING", {"WHY", why, kReasonLines});
    paint_cross();
  }

 private:
  struct Remark {
    const char* label;
    std::string text;
    double lines;
  };

  void paint_page(const Shot& shot, const SlateLabel& label, const char* tag,
                  const Remark& remark) {
    paint_ground();
    paint_safe_area(kActionSafe);
    paint_safe_area(kTitleSafe);
    paint_dial();
    paint_shot_and_take(label);
    paint_tag(tag, shot.model);
    const double facts_top = paint_facts(shot);
    const double words_bottom = paint_remark(remark, facts_top - kGap);
    paint_prompt(shot.prompt, layout_.page.top + kTagHeight + kGap, words_bottom);
  }

  void use(const Colour& colour) {
    cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
  }
  TextStyle label_style() const {
    return {.size = kLabelSize,
            .colour = palette_.soft,
            .weight = Weight::bold,
            .spacing = kLabelSpacing};
  }

  void paint_ground() {
    use(palette_.ground);
    cairo_paint(cairo_);
    const Box& panel = layout_.panel;
    using PatternPtr = GlibPtr<cairo_pattern_t, cairo_pattern_destroy>;
    const PatternPtr shade(
        cairo_pattern_create_linear(panel.left, panel.top, panel.left, panel.bottom()));
    const Colour& top = palette_.panel;
    const Colour& deep = palette_.panel_deep;
    cairo_pattern_add_color_stop_rgb(shade.get(), 0, top.red, top.green, top.blue);
    cairo_pattern_add_color_stop_rgb(shade.get(), 1, deep.red, deep.green, deep.blue);
    cairo_set_source(cairo_, shade.get());
    cairo_rectangle(cairo_, panel.left, panel.top, panel.width, panel.height);
    cairo_fill(cairo_);
  }

  // The corners of the area that every screen shows, and of the one for words (SMPTE ST 2046-1).
  void paint_safe_area(double share) {
    const double x = layout_.width * (1 - share) / 2;
    const double y = layout_.height * (1 - share) / 2;
    const Colour& soft = palette_.soft;
    cairo_set_source_rgba(cairo_, soft.red, soft.green, soft.blue, 0.4);
    cairo_set_line_width(cairo_, 2);
    for (const double left : {x, layout_.width - x}) {
      for (const double top : {y, layout_.height - y}) {
        cairo_move_to(cairo_, left + std::copysign(kCornerArm, layout_.width / 2.0 - left), top);
        cairo_line_to(cairo_, left, top);
        cairo_line_to(cairo_, left, top + std::copysign(kCornerArm, layout_.height / 2.0 - top));
      }
    }
    cairo_stroke(cairo_);
  }

  void paint_dial() {
    const double x = layout_.dial_x;
    const double y = layout_.dial_y;
    const double radius = layout_.dial_radius;
    use(palette_.panel_deep);
    cairo_arc(cairo_, x, y, radius, 0, 2 * std::numbers::pi);
    cairo_fill(cairo_);
    use(palette_.ink);
    cairo_set_line_width(cairo_, 4);
    cairo_arc(cairo_, x, y, radius, 0, 2 * std::numbers::pi);
    cairo_stroke(cairo_);
    cairo_set_line_width(cairo_, 1.5);
    cairo_arc(cairo_, x, y, radius * 0.93, 0, 2 * std::numbers::pi);
    cairo_stroke(cairo_);
  }

  void paint_cross() {
    const double reach = layout_.dial_radius * 0.93 * std::numbers::sqrt2 / 2;
    use(palette_.accent);
    cairo_set_line_width(cairo_, 5);
    for (const double turn : {-1.0, 1.0}) {
      cairo_move_to(cairo_, layout_.dial_x - reach, layout_.dial_y - turn * reach);
      cairo_line_to(cairo_, layout_.dial_x + reach, layout_.dial_y + turn * reach);
    }
    cairo_stroke(cairo_);
  }

  void paint_fact_large(const Fact& fact, double left, bool right_aligned) {
    const SlateText label(cairo_, fact.label, label_style());
    SlateText value(cairo_, fact.value,
                    {.size = 56, .colour = palette_.ink, .weight = Weight::bold, .spacing = 1});
    const double top = layout_.facts.top;
    const double value_top = top + label.height() + 2;
    value.fit_line(layout_.facts.width * (right_aligned ? 0.45 : 0.5));
    if (right_aligned) {
      label.draw_right(layout_.facts.right(), top);
      value.draw_right(layout_.facts.right(), value_top);
    } else {
      label.draw(left, top);
      value.draw(left, value_top);
    }
  }

  void paint_shot_and_take(const SlateLabel& label) {
    paint_fact_large({"SHOT", label.shot}, layout_.facts.left, false);
    paint_fact_large({"TAKE", std::to_string(label.take)}, layout_.facts.left, true);
  }

  // The word that tells this picture from a generated one.
  void paint_tag(const char* word, const std::string& model) {
    const Box& page = layout_.page;
    const SlateText tag(
        cairo_, word,
        {.size = 38, .colour = palette_.ground, .weight = Weight::bold, .spacing = 5});
    constexpr double kPadding = 24;
    const double width = tag.width() + 2 * kPadding;
    use(palette_.accent);
    cairo_rectangle(cairo_, page.left, page.top, width, kTagHeight);
    cairo_fill(cairo_);
    tag.draw(page.left + kPadding, page.top + (kTagHeight - tag.height()) / 2);
    SlateText note(cairo_, "for " + model, {.size = kNoteSize, .colour = palette_.soft});
    const double left = page.left + width + kPadding;
    note.fit_line(page.right() - left);
    note.draw(left, page.top + (kTagHeight - note.height()) / 2);
  }

  double paint_fact(const Fact& fact, double left, double bottom, double width) {
    const SlateText label(cairo_, fact.label, label_style());
    SlateText value(cairo_, fact.value, {.size = kFactSize, .colour = palette_.ink});
    value.fit_line(width);
    const double top = bottom - value.height() - label.height() - 4;
    label.draw(left, top);
    value.draw(left, bottom - value.height());
    return top;
  }

  // Returns where the facts begin.
  double paint_facts(const Shot& shot) {
    const std::vector<Fact> facts = {
        {"ASPECT", shot.aspect_ratio.value_or("16:9")},
        {"LENGTH", std::to_string(shot.seconds) + " s"},
        {"RATE", std::to_string(kFramesPerSecond) + " fps"},
        {"CFG", shot.cfg_scale ? decimal(*shot.cfg_scale) : "default"},
        {"AUDIO", shot.audio ? "on" : "off"},
    };
    const Box& page = layout_.page;
    const double step = page.width / static_cast<double>(facts.size());
    double left = page.left;
    double top = page.bottom();
    for (const Fact& fact : facts) {
      top = paint_fact(fact, left, page.bottom(), step - 8);
      left += step;
    }
    use(palette_.rule);
    cairo_rectangle(cairo_, page.left, top - 28, page.width, 2);
    cairo_fill(cairo_);
    return top - 28;
  }

  // Returns where the words above may end.
  double paint_remark(const Remark& remark, double bottom) {
    if (remark.text.empty()) return bottom;
    const Box& page = layout_.page;
    const SlateText label(cairo_, remark.label, label_style());
    const double left = page.left + label.width() + 24;
    SlateText words(cairo_, remark.text, {.size = kNegativeSize, .colour = palette_.soft});
    words.fit(page.right() - left, kNegativeSize * 1.6 * remark.lines);
    const double top = bottom - words.height();
    label.draw(page.left, top + (kNegativeSize * 1.4 - label.height()) / 2);
    words.draw(left, top);
    return top - kGap;
  }

  SlateText styled(const std::string& prompt, double size) {
    // Large type wants its lines closer together.
    const double leading = std::clamp(1.18 - size / 500, 0.98, 1.12);
    return {cairo_, prompt, {.size = size, .colour = palette_.ink, .leading = leading}};
  }

  SlateText wrapped(const std::string& prompt, double size) {
    SlateText words = styled(prompt, size);
    words.wrap(layout_.page.width);
    return words;
  }

  // The largest size at which the words fill the page without one of them being broken; 0: none
  // above the usual sizes.
  double filling_size(const std::string& prompt, double height) {
    double fits = 0;
    double too_large = height;
    for (double size = layout_.largest_prompt; too_large - size > kPromptStep;) {
      SlateText words = styled(prompt, size);
      words.wrap_words(layout_.page.width);
      const bool good = words.width() <= layout_.page.width && words.height() <= height;
      (good ? fits : too_large) = size;
      if (fits == 0) break;
      size = (fits + too_large) / 2;
    }
    return std::floor(fits);
  }

  // As large as it fits. What does not fit at the smallest size is left out, and said so.
  void paint_prompt(const std::string& prompt, double top, double bottom) {
    if (const double size = filling_size(prompt, bottom - top); size > 0) {
      SlateText words = styled(prompt, size);
      words.wrap_words(layout_.page.width);
      const double spare = bottom - top - words.height();
      return words.draw(layout_.page.left, top + spare * kOpticalCentre);
    }
    double fits = layout_.smallest_prompt;
    double too_large = layout_.largest_prompt + kPromptStep;
    while (too_large - fits > kPromptStep) {
      const double size = (fits + too_large) / 2;
      (wrapped(prompt, size).height() > bottom - top ? too_large : fits) = size;
    }
    const SlateText words = wrapped(prompt, std::floor(fits));
    const double spare = bottom - top - words.height();
    if (spare >= 0) return words.draw(layout_.page.left, top + spare * kOpticalCentre);
    const double end = bottom - kNoteSize * 2;
    const std::size_t shown = words.bytes_above(end - top);
    wrapped(prompt.substr(0, shown), std::floor(fits)).draw(layout_.page.left, top);
    const glong more = g_utf8_strlen(prompt.c_str() + shown, -1);
    SlateText(cairo_, "… and " + std::to_string(more) + " more character" + (more == 1 ? "" : "s"),
              {.size = kNoteSize, .colour = palette_.accent})
        .draw(layout_.page.left, end + kNoteSize / 2);
  }

  cairo_t* cairo_;  // the caller's
  const SlateLayout& layout_;
  const SlatePalette& palette_;
};

template <typename Paint>
SurfacePtr drawn(const SlateLayout& layout, const SlatePalette& palette, const Paint& paint) {
  SurfacePtr page(cairo_image_surface_create(CAIRO_FORMAT_RGB24, layout.width, layout.height));
  {
    const CairoPtr cairo(cairo_create(page.get()));
    paint(PagePainter(cairo.get(), layout, palette));
  }
  cairo_surface_flush(page.get());
  return page;
}

}  // namespace

SurfacePtr draw_slate_page(const Shot& shot, const SlateLabel& label, const SlateLayout& layout,
                           const SlatePalette& palette) {
  return drawn(layout, palette, [&](PagePainter painter) { painter.paint(shot, label); });
}

SurfacePtr draw_missing_page(const Shot& shot, const SlateLabel& label, const std::string& why,
                             const SlateLayout& layout, const SlatePalette& palette) {
  return drawn(layout, palette,
               [&](PagePainter painter) { painter.paint_missing(shot, label, why); });
}

}  // namespace klingtext::rehearsal
