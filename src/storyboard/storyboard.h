// SPDX-License-Identifier: LGPL-2.1-or-later
// What a storyboard says: the film, and its shots in order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gst/settings.h"

namespace klingtext {

enum class Transition { cut, dissolve };

struct Shot {
  Settings settings;  // the request, as the element's properties
  double in = 0;      // seconds of the clip
  std::optional<double> out;
  Transition transition = Transition::cut;  // from the shot before to this one
  double dissolve = 1;                      // seconds
};

struct Rate {
  int numerator = 24;
  int denominator = 1;
};

enum class BurnIn { no, yes };  // the film's timecode in its picture

struct Film {
  int width = 0;  // pixels
  int height = 0;
  Rate rate;
  BurnIn burn_in = BurnIn::no;
};

struct Storyboard {
  Film film;
  std::vector<Shot> shots;  // at least one
};

}  // namespace klingtext
