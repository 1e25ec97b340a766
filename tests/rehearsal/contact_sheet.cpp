// SPDX-License-Identifier: LGPL-2.1-or-later
// Slates side by side, for the eye: contact_sheet OUT.png [--full DIR]
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "rehearsal/slate.h"

namespace {

using namespace klingtext::rehearsal;

constexpr int kTileWidth = 640;
constexpr int kTileHeight = 640;
constexpr int kGap = 16;
constexpr int kColumns = 2;
constexpr int kFrame = 31;  // any but the flash

struct Sample {
  const char* name;
  Shot shot;
};

std::string repeated(const std::string& text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  return all.substr(0, bytes);
}

Shot shot_of(const std::string& prompt) {
  return {.model = "klingai/video-v2-6-pro-text-to-video", .prompt = prompt};
}

std::vector<Sample> samples() {
  Shot latin = shot_of("A cheerful white raccoon running through a sequoia forest");
  latin.negative_prompt = "blur, distortion, low quality";
  latin.cfg_scale = 0.5;
  return {
      {"latin", latin},
      {"chinese",
       shot_of("清晨的薄雾中，一只白色的浣熊欢快地奔跑在高大的红杉林里，阳光从树叶间洒下来。")},
      {"arabic",
       shot_of("راكون أبيض مرح يركض في غابة من أشجار السيكويا العملاقة، والكاميرا 4K تتبعه ببطء.")},
      {"emoji", shot_of("🦝 runs past 🌲🌲🌲 at 🌅, waves 👋🏽 to a 👩‍🚀")},
      {"one", shot_of("x")},
      {"longest", shot_of(repeated(
                      "The camera glides over a quiet lake at dawn; mist lifts off the water and a "
                      "heron takes wing, slowly, towards the far shore. ",
                      2500))},
  };
}

SurfacePtr drawn(const Shot& shot) {
  const Slate slate(shot, {.shot = shot_code(shot.prompt), .take = 2}, 0x3F2A);
  SurfacePtr picture(cairo_image_surface_create(CAIRO_FORMAT_RGB24, slate.width(), slate.height()));
  cairo_surface_flush(picture.get());
  slate.draw(kFrame, cairo_image_surface_get_data(picture.get()),
             cairo_image_surface_get_stride(picture.get()));
  cairo_surface_mark_dirty(picture.get());
  return picture;
}

void place(cairo_t* sheet, const SurfacePtr& picture, double left, double top, double height) {
  const double scale = height / cairo_image_surface_get_height(picture.get());
  cairo_save(sheet);
  cairo_translate(sheet, left, top);
  cairo_scale(sheet, scale, scale);
  cairo_set_source_surface(sheet, picture.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(sheet), CAIRO_FILTER_BEST);
  cairo_paint(sheet);
  cairo_restore(sheet);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::cerr << "usage: contact_sheet OUT.png [DIR for whole frames]\n";
    return 2;
  }
  const auto all = samples();
  const int rows = (static_cast<int>(all.size()) + kColumns - 1) / kColumns;
  constexpr int kCellWidth = kTileHeight * 9 / 16 + kGap + kTileWidth;
  const SurfacePtr sheet(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                    kGap + kColumns * (kCellWidth + kGap),
                                                    kGap + rows * (kTileHeight + kGap)));
  const CairoPtr cairo(cairo_create(sheet.get()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int left = kGap + static_cast<int>(i) % kColumns * (kCellWidth + kGap);
    const int top = kGap + static_cast<int>(i) / kColumns * (kTileHeight + kGap);
    const double right = left + kTileHeight * 9.0 / 16 + kGap;
    const double wide_height = kTileWidth * 9.0 / 16;
    for (const char* ratio : {"9:16", "16:9", "1:1"}) {
      Shot shot = all[i].shot;
      shot.aspect_ratio = ratio;
      const SurfacePtr picture = drawn(shot);
      const std::string name = ratio;
      if (name == "9:16") place(cairo.get(), picture, left, top, kTileHeight);
      if (name == "16:9") place(cairo.get(), picture, right, top, wide_height);
      if (name == "1:1") {
        place(cairo.get(), picture, right, top + wide_height + kGap,
              kTileHeight - wide_height - kGap);
      }
      if (argc == 3) {
        const auto file =
            std::filesystem::path(argv[2]) /
            (std::string(all[i].name) + '-' + name.substr(0, name.find(':')) + ".png");
        cairo_surface_write_to_png(picture.get(), file.c_str());
      }
    }
  }
  return cairo_surface_write_to_png(sheet.get(), argv[1]) == CAIRO_STATUS_SUCCESS ? 0 : 1;
}
