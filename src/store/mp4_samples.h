// SPDX-License-Identifier: LGPL-2.1-or-later
// Where an MP4's samples lie (ISO/IEC 14496-12, 8.6 to 8.8), as far as it takes to tell that all of
// them are inside the file. Reads boxes from outside: every count is bounded by the bytes it is in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace klingtext {

enum class Mp4Samples {
  inside,
  beyond,   // at least one ends behind the end of the file
  unclear,  // a table is missing, or contradicts another
};

// The sizes that fragments take for granted, by track.
using Mp4Defaults = std::map<std::uint32_t, std::uint32_t>;

// What a moov box has: its content, without the head.
struct Mp4Index {
  Mp4Samples samples = Mp4Samples::inside;
  bool has_samples = false;
  Mp4Defaults defaults;
};
Mp4Index read_mp4_index(std::string_view moov, std::uint64_t length);

// The same of a moof box that begins at `at` in the file.
Mp4Samples read_mp4_fragment(std::string_view moof, std::uint64_t at, const Mp4Defaults& defaults,
                             std::uint64_t length);

// The bytes that a sidx box has behind it. Nothing where it is damaged.
std::optional<std::uint64_t> bytes_behind_segment_index(std::string_view sidx);

}  // namespace klingtext
