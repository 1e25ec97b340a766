// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include "support/fake_mp4.h"

namespace klingtext::test {

enum class Mp4Offsets { stco, co64 };
enum class Mp4Sizes { table, fixed, bits4, bits8, bits16 };

// An MP4 with sample tables that are true of noise: enough for whatever looks at where samples lie.
struct SampledMp4 {
  unsigned samples = 40;
  unsigned sample_size = 50;  // bytes; at most 15 with Mp4Sizes::bits4
  unsigned samples_of_chunk = 7;
  Mp4Index index = Mp4Index::front;
  Mp4Extent extent = Mp4Extent::bits32;
  Mp4Offsets offsets = Mp4Offsets::stco;
  Mp4Sizes sizes = Mp4Sizes::table;
};
std::string sampled_mp4(const SampledMp4& wanted = {});

// How the runs of a fragment give the sizes of their samples.
enum class Mp4RunSizes { run, fragment_default, track_default };

struct FragmentedMp4 {
  unsigned fragments = 4;
  unsigned samples = 10;  // of each
  unsigned sample_size = 50;
  Mp4RunSizes sizes = Mp4RunSizes::run;
  Mp4Extent last = Mp4Extent::bits32;  // of the last mdat
  bool has_segment_index = false;
  // Each fragment is a second of film. Whether the index says how long all of them are (mehd).
  bool has_duration = false;
};
std::string fragmented_mp4(const FragmentedMp4& wanted = {});

// A box around a content, and a number as its bytes, for tests that build their own.
std::string mp4_box(const std::string& type, const std::string& content);
std::string mp4_number(std::uint64_t value, unsigned bytes);

}  // namespace klingtext::test
