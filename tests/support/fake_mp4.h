// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

namespace klingtext::test {

// Where the moov box stands.
enum class Mp4Index { front, end };
// How the mdat box gives its size: in 32 bits, in 64 bits, or as "to the end of the file".
enum class Mp4Extent { bits32, bits64, to_end };

struct FakeMp4 {
  std::size_t size = 64 * 1024;  // of the whole file, at least 256
  Mp4Index index = Mp4Index::front;
  Mp4Extent extent = Mp4Extent::bits32;  // to_end makes sense with the index in front only
  unsigned seed = 1;                     // another seed, another payload
};

// Top-level boxes that close exactly, and noise inside: enough for whatever looks at structure,
// length and identity of bytes, and made without GStreamer.
std::string fake_mp4(const FakeMp4& wanted = {});

}  // namespace klingtext::test
