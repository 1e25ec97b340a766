// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "rehearsal/slate_label.h"

namespace klingtext::rehearsal {

// The sound under a slate, 48 kHz stereo, computed sample by sample: a quiet chord and a few
// plucked notes over it, both chosen by the prompt, and the tone of the sync pop.
class SlateSound {
 public:
  SlateSound(const std::string& prompt, int seconds, TwoPop two_pop = TwoPop::yes);

  std::int64_t length() const { return length_; }  // samples per channel

  // `count` interleaved pairs from `first` on; silence before the start and after the end.
  std::vector<std::int16_t> samples(std::int64_t first, std::int64_t count) const;

 private:
  static constexpr std::size_t kSteps = 8;  // of the phrase, then it begins again

  double bed(double seconds, double detune) const;
  double pluck(double seconds) const;

  std::int64_t length_;
  TwoPop two_pop_;
  double root_ = 0;                     // Hz
  double fifth_ = 0;                    // of the root; sometimes a fourth
  double breaths_ = 0;                  // per second: how fast the chord swells
  double step_ = 0;                     // seconds between two notes
  std::array<double, kSteps> notes_{};  // Hz; 0 is a rest
};

}  // namespace klingtext::rehearsal
