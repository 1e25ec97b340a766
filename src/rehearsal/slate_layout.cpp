// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_layout.h"

namespace klingtext::rehearsal {

namespace {

SlateLayout wide() {
  return {.width = 1920,
          .height = 1080,
          .panel = {1344, 0, 576, 1080},
          .page = {104, 84, 1152, 888},
          .facts = {1408, 84, 416, 104},
          .dial_x = 1616,
          .dial_y = 496,
          .dial_radius = 204,
          .numbers_centre = 1616,
          .timecode_top = 786,
          .timecode_size = 62,
          .counter_top = 884,
          .counter_size = 40,
          .largest_prompt = 120,
          .smallest_prompt = 20};
}

SlateLayout tall() {
  return {.width = 1080,
          .height = 1920,
          .panel = {0, 0, 1080, 800},
          .page = {84, 888, 912, 904},
          .facts = {84, 120, 912, 104},
          .dial_x = 540,
          .dial_y = 384,
          .dial_radius = 200,
          .numbers_centre = 540,
          .timecode_top = 616,
          .timecode_size = 72,
          .counter_top = 712,
          .counter_size = 40,
          .largest_prompt = 112};
}

SlateLayout square() {
  return {.width = 1080,
          .height = 1080,
          .panel = {0, 0, 1080, 352},
          .page = {72, 400, 936, 596},
          .facts = {440, 56, 568, 104},
          .dial_x = 216,
          .dial_y = 180,
          .dial_radius = 120,
          .numbers_centre = 724,
          .timecode_top = 166,
          .timecode_size = 78,
          .counter_top = 266,
          .counter_size = 38,
          .largest_prompt = 96};
}

}  // namespace

SlateLayout SlateLayout::of(const std::optional<std::string>& aspect_ratio) {
  if (aspect_ratio == "9:16") return tall();
  if (aspect_ratio == "1:1") return square();
  return wide();
}

}  // namespace klingtext::rehearsal
