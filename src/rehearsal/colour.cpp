// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/colour.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace klingtext::rehearsal {

namespace {

double cube(double x) {
  return x * x * x;
}

double gamma(double linear) {
  const double x = std::clamp(linear, 0.0, 1.0);
  return x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
}

}  // namespace

// The matrices are those of the definition of OKLab (Björn Ottosson, 2020).
Colour oklch(double lightness, double chroma, double hue) {
  const double a = chroma * std::cos(2 * std::numbers::pi * hue);
  const double b = chroma * std::sin(2 * std::numbers::pi * hue);
  const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {.red = gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          .green = gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          .blue = gamma(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace klingtext::rehearsal
