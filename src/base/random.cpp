// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/random.h"

#include <glib.h>
#include <sys/random.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace klingtext {

std::string random_hex(std::size_t bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::vector<unsigned char> values(bytes);
  // Up to 256 bytes are never cut short. The system call is in every kernel that GLib runs on.
  if (getrandom(values.data(), values.size(), 0) != static_cast<ssize_t>(values.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string text;
  for (const unsigned char value : values) {
    text += kDigits[value >> 4U];
    text += kDigits[value & 0xfU];
  }
  return text;
}

double random_between(double low, double high) {
  return g_random_double_range(low, high);
}

}  // namespace klingtext
