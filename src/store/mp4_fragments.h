// SPDX-License-Identifier: LGPL-2.1-or-later
// The fragments of an MP4 (ISO/IEC 14496-12, 8.8): where their samples lie, and how much film they
// make up. Reads boxes from outside.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "store/mp4_samples.h"

namespace klingtext {

class Mp4Fragments {
 public:
  // The content of the moov box, which comes before its fragments.
  void read_index(std::string_view moov);
  // Of a moof box that begins at `at` in a file of `length` bytes.
  Mp4Samples add(std::string_view moof, std::uint64_t at, std::uint64_t length);

  // Whether the moov box promises more film (mehd) than moov and fragments have: fragments are
  // missing at the end. False where that cannot be known.
  bool are_missing() const;

 private:
  // Times are in units of `timescale`, which is 0 where it is not known.
  struct Track {
    std::uint32_t timescale = 0;
    std::uint32_t default_size = 0;
    std::uint32_t default_duration = 0;
    double delay = 0;         // seconds of its empty edits
    std::uint64_t total = 0;  // of all samples
    std::uint64_t end = 0;    // of the last fragment that says where it begins
    bool has_unknown_durations = false;
  };
  class OneFragment;
  void read_track(std::string_view trak, std::uint32_t movie_timescale);

  std::map<std::uint32_t, Track> tracks_;
  double promised_ = 0;  // seconds; 0: not known
};

}  // namespace klingtext
