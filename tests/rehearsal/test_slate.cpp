// SPDX-License-Identifier: LGPL-2.1-or-later
// What an editor relies on in every shape and script: words stay in the safe area, nothing is left
// out silently, the same request looks the same.
#include "rehearsal/slate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "rehearsal/film.h"
#include "rehearsal/slate_page.h"

namespace klingtext::rehearsal {
namespace {

constexpr int kFrame = 7;
constexpr int kAlmostWhite = 225;  // only words and numbers are as light as that

std::string repeated(const std::string& text, int times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

struct Picture {
  int width;
  int height;
  std::vector<unsigned char> pixels;  // BGRx

  bool is_word(int x, int y) const {
    const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(x)) *
                    4;
    return pixels[at] > kAlmostWhite && pixels[at + 1] > kAlmostWhite &&
           pixels[at + 2] > kAlmostWhite;
  }
};

Picture draw(const std::string& prompt, const char* ratio, unsigned take = 1, int frame = kFrame) {
  const Shot shot{.model = "m", .prompt = prompt, .aspect_ratio = ratio};
  const Slate slate(shot, {.shot = "AB", .take = take}, 0x3F2A);
  Picture picture{slate.width(), slate.height(), {}};
  picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                        static_cast<std::size_t>(picture.height) * 4);
  slate.draw(frame, picture.pixels.data(), picture.width * 4);
  return picture;
}

// The light pixels that are within the outer 5 % on any side, the mark not counted.
int words_outside(const Picture& picture) {
  const int margin_x = picture.width / 20;
  const int margin_y = picture.height / 20;
  int found = 0;
  for (int y = 0; y < picture.height - picture.height / 60; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const bool inside = x >= margin_x && x < picture.width - margin_x && y >= margin_y &&
                          y < picture.height - margin_y;
      if (!inside && picture.is_word(x, y)) ++found;
    }
  }
  return found;
}

int words_inside(const Picture& picture) {
  int found = 0;
  for (int y = 0; y < picture.height - picture.height / 60; ++y) {
    for (int x = 0; x < picture.width; ++x) found += picture.is_word(x, y) ? 1 : 0;
  }
  return found;
}

class SlateOf : public ::testing::TestWithParam<const char*> {};

TEST_P(SlateOf, AnyWordsKeepsToTheSafeArea) {
  const std::string prompts[] = {
      "x",
      "A cheerful white raccoon running through a sequoia forest",
      "清晨的薄雾中，一只白色的浣熊欢快地奔跑在高大的红杉林里。",
      "راكون أبيض مرح يركض في غابة من أشجار السيكويا العملاقة.",
      "🦝 runs 👩‍🚀",
      repeated("mist over the lake, ", 125),
      repeated("雨", 2500),
      repeated("W", 2500),
      repeated("\n", 2499) + "x",
  };
  for (const auto& prompt : prompts) {
    const Picture picture = draw(prompt, GetParam());
    EXPECT_EQ(words_outside(picture), 0) << prompt.size() << " bytes";
    EXPECT_GT(words_inside(picture), 0) << prompt.size() << " bytes";
  }
}

TEST_P(SlateOf, EveryPromptLooksDifferent) {
  // One character more, at the very end of what no picture has room for.
  const std::string longest = repeated("雨", 2499);
  EXPECT_NE(draw(longest, GetParam()).pixels, draw(longest + "雪", GetParam()).pixels);
  EXPECT_NE(draw("x", GetParam()).pixels, draw("y", GetParam()).pixels);
}

TEST_P(SlateOf, ARequestLooksTheSameAgain) {
  EXPECT_EQ(draw("Rain 🌧 雨", GetParam()).pixels, draw("Rain 🌧 雨", GetParam()).pixels);
}

TEST_P(SlateOf, AnotherTakeOrFrameLooksDifferent) {
  EXPECT_NE(draw("Rain", GetParam(), 1).pixels, draw("Rain", GetParam(), 2).pixels);
  EXPECT_NE(draw("Rain", GetParam(), 1, 0).pixels, draw("Rain", GetParam(), 1, 1).pixels);
}

TEST_P(SlateOf, OneCharacterFillsThePage) {
  // The prompt is the only word in the page's upper part that is as light as that.
  const auto rows = [](const Picture& picture, const SlateLayout& layout) {
    int found = 0;
    const Box& page = layout.page;
    for (int y = static_cast<int>(page.top) + 80; y < static_cast<int>(page.bottom()) - 110; ++y) {
      bool any = false;
      for (int x = static_cast<int>(page.left); x < static_cast<int>(page.right()); ++x) {
        any = any || picture.is_word(x, y);
      }
      found += any ? 1 : 0;
    }
    return found;
  };
  const SlateLayout layout = SlateLayout::of(GetParam());
  EXPECT_GT(rows(draw("X", GetParam()), layout), layout.page.height / 4);
}

TEST_P(SlateOf, FlashesOnlyWithATwoPop) {
  const auto light = [](TwoPop two_pop) {
    const Shot shot{.model = "m", .prompt = "Rain", .aspect_ratio = GetParam()};
    const Slate slate(shot, {.shot = "1", .two_pop = two_pop}, 1);
    Picture picture{slate.width(), slate.height(), {}};
    picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                          static_cast<std::size_t>(picture.height) * 4);
    slate.draw(kPopFrame, picture.pixels.data(), picture.width * 4);
    return words_inside(picture) > picture.width * picture.height / 2;
  };
  EXPECT_TRUE(light(TwoPop::yes));
  EXPECT_FALSE(light(TwoPop::no));
}

TEST_P(SlateOf, MissingShotKeepsToTheSafeArea) {
  for (const auto& why :
       {std::string("It failed."), repeated("The service refused it. ", 40), repeated("W", 500)}) {
    for (const auto& prompt : {std::string("x"), repeated("mist over the lake, ", 125)}) {
      const SlateLayout layout = SlateLayout::of(GetParam());
      const auto page = draw_missing_page({.model = "m", .prompt = prompt},
                                          {.shot = "12+13+14+", .take = 4294967295U}, why, layout,
                                          SlatePalette(prompt));
      const auto* pixels = cairo_image_surface_get_data(page.get());
      const auto size =
          static_cast<std::size_t>(layout.width) * static_cast<std::size_t>(layout.height) * 4;
      const Picture picture{layout.width, layout.height, {pixels, pixels + size}};
      EXPECT_EQ(words_outside(picture), 0) << why.size() << ' ' << prompt.size();
      EXPECT_GT(words_inside(picture), 0) << why.size() << ' ' << prompt.size();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryShape, SlateOf, ::testing::Values("16:9", "9:16", "1:1"));

}  // namespace
}  // namespace klingtext::rehearsal
