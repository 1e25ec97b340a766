// SPDX-License-Identifier: LGPL-2.1-or-later
// The sound bed: another for every prompt, the same for the same, and never in the way of the pop.
#include "rehearsal/slate_sound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "rehearsal/film.h"

namespace klingtext::rehearsal {
namespace {

constexpr std::int64_t kPopStart = std::int64_t{kPopFrame} * kSamplesPerFrame;

std::vector<std::int16_t> second_of(const std::string& prompt, std::int64_t first) {
  return SlateSound(prompt, 5).samples(first, kSampleRate);
}

// How much of `hertz` there is in the left channel.
double strength(const std::vector<std::int16_t>& samples, double hertz) {
  double real = 0;
  double imaginary = 0;
  const std::size_t count = samples.size() / kChannels;
  for (std::size_t i = 0; i < count; ++i) {
    const double turn = 2 * M_PI * hertz * static_cast<double>(i) / kSampleRate;
    real += samples[i * kChannels] * std::cos(turn);
    imaginary += samples[i * kChannels] * std::sin(turn);
  }
  return std::hypot(real, imaginary) / static_cast<double>(count);
}

TEST(SlateSound, DiffersFromPromptToPrompt) {
  std::set<std::vector<std::int16_t>> beds;
  constexpr int kPrompts = 200;
  for (int i = 0; i < kPrompts; ++i) {
    beds.insert(SlateSound("A raccoon, scene " + std::to_string(i), 5).samples(24000, 4800));
  }
  EXPECT_EQ(beds.size(), kPrompts);
}

TEST(SlateSound, IsTheSameForTheSamePrompt) {
  EXPECT_EQ(second_of("A raccoon", 0), second_of("A raccoon", 0));
}

TEST(SlateSound, IsTheSameInPiecesOfAnySize) {
  const SlateSound sound("A raccoon", 5);
  std::vector<std::int16_t> pieces;
  for (std::int64_t at = 0; at < kSampleRate; at += 1000) {
    const auto piece = sound.samples(at, 1000);
    pieces.insert(pieces.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(pieces, sound.samples(0, kSampleRate));
}

TEST(SlateSound, LetsThePopStandOut) {
  for (const char* prompt : {"A raccoon", "雨", "x", "A lighthouse in the rain"}) {
    const SlateSound sound(prompt, 5);
    const double pop = strength(sound.samples(kPopStart, kSamplesPerFrame), 1000);
    const double before =
        strength(sound.samples(kPopStart - kSamplesPerFrame, kSamplesPerFrame), 1000);
    EXPECT_GT(pop, 3000) << prompt;
    EXPECT_LT(before, pop / 6) << prompt;
  }
}

TEST(SlateSound, HasNoPopWithoutATwoPop) {
  const SlateSound with("A raccoon", 5);
  const SlateSound without("A raccoon", 5, TwoPop::no);
  EXPECT_LT(strength(without.samples(kPopStart, kSamplesPerFrame), 1000),
            strength(with.samples(kPopStart, kSamplesPerFrame), 1000) / 6);
  EXPECT_EQ(without.samples(0, kPopStart), with.samples(0, kPopStart));
}

TEST(SlateSound, IsHeardFromStartToEnd) {
  for (std::int64_t at = kSampleRate / 2; at < 5 * kSampleRate - kSampleRate / 2;
       at += kSampleRate / 10) {
    double sum = 0;
    for (const auto sample : SlateSound("A raccoon", 5).samples(at, kSampleRate / 10)) {
      sum += static_cast<double>(sample) * sample;
    }
    EXPECT_GT(std::sqrt(sum / (kSampleRate / 10.0 * kChannels)), 100) << at;
  }
}

}  // namespace
}  // namespace klingtext::rehearsal
