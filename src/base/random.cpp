// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/random.h"

#include <glib.h>

#include <random>

namespace klingtext {

std::string random_hex(std::size_t bytes) {
  std::random_device kernel;  // getrandom or rdrand in libstdc++
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    const unsigned value = kernel() & 0xffU;
    text += kDigits[value >> 4U];
    text += kDigits[value & 0xfU];
  }
  return text;
}

double random_between(double low, double high) {
  return g_random_double_range(low, high);
}

}  // namespace klingtext
