// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of the MP4 format as it takes to tell a clip from an error page and a whole one from a
// cut one (ISO/IEC 14496-12, 4.2). Reads bytes nobody vouches for.
#pragma once

#include <cstdint>
#include <string_view>

namespace klingtext {

inline constexpr std::size_t kMp4HeadBytes = 12;

// Whether the first kMp4HeadBytes (or fewer, of a shorter file) can begin an MP4.
bool begins_like_mp4(std::string_view head);

// Whether the top-level boxes end exactly at `length` and include the index (moov) and data (mdat).
bool boxes_close(int fd, std::uint64_t length);

}  // namespace klingtext
