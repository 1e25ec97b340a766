// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_sound.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/text.h"
#include "rehearsal/film.h"

namespace klingtext::rehearsal {

namespace {

constexpr double kPopHertz = 1000;
constexpr double kPopLevel = 0.25;         // -12 dBFS: plain, and easy on the ears
constexpr double kBedLevel = 0.03;         // -30 dBFS per voice
constexpr double kBedFade = 0.35;          // seconds, at both ends
constexpr double kPopFade = 0.001;         // seconds; keeps the tone from clicking
constexpr double kDetune = 0.0015;         // between left and right, for width
constexpr double kLowestRoot = 110;        // Hz
constexpr double kBreathsPerSecond = 0.4;  // how fast the chord swells
constexpr double kTurn = 2 * std::numbers::pi;

// Semitones of a pentatonic scale over two octaves: any two shots side by side are in tune.
constexpr std::array kScale = {0, 2, 4, 7, 9, 12, 14, 16, 19, 21};
constexpr std::array kChord = {1.0, 1.5, 2.0};  // root, fifth, octave

double root_for(const std::string& prompt) {
  const auto pick = std::stoul(sha256_hex("pitch\n" + prompt).substr(0, 6), nullptr, 16);
  return kLowestRoot * std::exp2(kScale[pick % kScale.size()] / 12.0);
}

double fade(double since_start, double until_end, double length) {
  return std::clamp(std::min(since_start, until_end) / length, 0.0, 1.0);
}

double pop(std::int64_t sample) {
  const std::int64_t since = sample - std::int64_t{kPopFrame} * kSamplesPerFrame;
  if (since < 0 || since >= kSamplesPerFrame) return 0;
  const double t = static_cast<double>(since) / kSampleRate;
  const double left = static_cast<double>(kSamplesPerFrame - 1 - since) / kSampleRate;
  return kPopLevel * fade(t, left, kPopFade) * std::sin(kTurn * kPopHertz * t);
}

}  // namespace

SlateSound::SlateSound(const std::string& prompt, int seconds)
    : length_(std::int64_t{seconds} * kSampleRate), root_(root_for(prompt)) {}

double SlateSound::bed(std::int64_t sample, double detune) const {
  const double t = static_cast<double>(sample) / kSampleRate;
  const double left = static_cast<double>(length_ - 1 - sample) / kSampleRate;
  double sum = 0;
  for (std::size_t voice = 0; voice < kChord.size(); ++voice) {
    const double swell =
        0.7 + 0.3 * std::sin(kTurn * kBreathsPerSecond * t + static_cast<double>(voice));
    sum += swell * std::sin(kTurn * root_ * kChord[voice] * detune * t) /
           static_cast<double>(voice + 1);
  }
  return kBedLevel * fade(t, left, kBedFade) * sum;
}

std::vector<std::int16_t> SlateSound::samples(std::int64_t first, std::int64_t count) const {
  std::vector<std::int16_t> out(static_cast<std::size_t>(count) * kChannels, 0);
  const std::int64_t end = std::min(first + count, length_);
  for (std::int64_t sample = std::max<std::int64_t>(first, 0); sample < end; ++sample) {
    const auto at = static_cast<std::size_t>(sample - first) * kChannels;
    const double tone = pop(sample);
    out[at] = static_cast<std::int16_t>(std::lround(32767 * (tone + bed(sample, 1))));
    out[at + 1] = static_cast<std::int16_t>(std::lround(32767 * (tone + bed(sample, 1 + kDetune))));
  }
  return out;
}

}  // namespace klingtext::rehearsal
