// SPDX-License-Identifier: LGPL-2.1-or-later
// Where an MP4's samples lie (ISO/IEC 14496-12, 8.6 to 8.8), as far as it takes to tell that all of
// them are inside the file. Reads boxes from outside: every count is bounded by the bytes it is in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace klingtext {

enum class Mp4Samples {
  inside,
  beyond,   // at least one ends behind the end of the file
  unclear,  // a table is missing, or contradicts another
};

inline void keep_worst(Mp4Samples& worst, Mp4Samples one) {
  if (one == Mp4Samples::beyond || worst == Mp4Samples::inside) worst = one;
}

// Of `size` bytes at `offset` in a file of `length` bytes.
inline bool lies_inside(std::uint64_t offset, std::uint64_t size, std::uint64_t length) {
  return offset <= length && size <= length - offset;
}

// What a moov box has: its content, without the head.
struct Mp4Index {
  Mp4Samples samples = Mp4Samples::inside;
  bool has_samples = false;
};
Mp4Index read_mp4_index(std::string_view moov, std::uint64_t length);

// The bytes that a sidx box has behind it. Nothing where it is damaged.
std::optional<std::uint64_t> bytes_behind_segment_index(std::string_view sidx);

}  // namespace klingtext
