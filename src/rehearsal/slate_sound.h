// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace klingtext::rehearsal {

// The sound under a slate, 48 kHz stereo, computed sample by sample: a quiet chord whose pitch
// derives from the prompt, and the tone of the sync pop.
class SlateSound {
 public:
  SlateSound(const std::string& prompt, int seconds);

  std::int64_t length() const { return length_; }  // samples per channel

  // `count` interleaved pairs from `first` on; silence before the start and after the end.
  std::vector<std::int16_t> samples(std::int64_t first, std::int64_t count) const;

 private:
  double bed(std::int64_t sample, double detune) const;

  std::int64_t length_;
  double root_;  // Hz
};

}  // namespace klingtext::rehearsal
