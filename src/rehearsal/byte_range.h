// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace klingtext::rehearsal {

// What to send of a file: all of it, the bytes first..last, or 416.
struct ByteRange {
  enum class Kind { whole, part, unsatisfiable };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive

  bool operator==(const ByteRange&) const = default;
};

// Reads a Range header for a file of `size` bytes. What is no range of bytes, or several at once,
// counts as no header at all, as RFC 9110 allows.
ByteRange choose_range(std::string_view header, std::uint64_t size);

}  // namespace klingtext::rehearsal
