// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of the MP4 format as it takes to tell a clip from an error page and a whole one from a
// cut one (ISO/IEC 14496-12, 4.2). Reads bytes from outside.
#pragma once

#include <cstdint>
#include <string_view>

namespace klingtext {

inline constexpr std::size_t kMp4HeadBytes = 12;

// Whether the first kMp4HeadBytes (or fewer, of a shorter file) can begin an MP4.
bool begins_like_mp4(std::string_view head);

enum class Mp4State {
  whole,    // index (moov) and data (mdat) are whole, and every sample lies in the file
  cut,      // a box or a sample reaches beyond the end, or fragments are missing there
  unclear,  // index or data are missing, or cannot be followed
};

// Of the first `length` bytes of a file. Bytes behind the last box do not matter.
Mp4State mp4_state(int fd, std::uint64_t length);

}  // namespace klingtext
