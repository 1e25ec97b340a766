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
constexpr double kPopLevel = 0.25;     // -12 dBFS: plain, and easy on the ears
constexpr double kBedLevel = 0.03;     // -30 dBFS per voice
constexpr double kPluckLevel = 0.05;   // -26 dBFS
constexpr double kPluckAttack = 0.01;  // seconds
constexpr double kPluckDecay = 0.35;   // seconds to a third of it
constexpr double kBedFade = 0.35;      // seconds, at both ends
constexpr double kPopFade = 0.001;     // seconds; keeps the tone from clicking
constexpr double kDetune = 0.0015;     // between left and right, for width
constexpr double kLowestRoot = 110;    // Hz
constexpr double kFullTurn = 2 * std::numbers::pi;

// Semitones of a pentatonic scale over two octaves: any two shots side by side are in tune.
constexpr std::array kScale = {0, 2, 4, 7, 9, 12, 14, 16, 19, 21};
constexpr unsigned kRests = 4;  // more of them than of any note

double semitones_up(double hertz, int semitones) {
  return hertz * std::exp2(semitones / 12.0);
}

// Numbers that look like chance, always the same for a prompt.
class Dice {
 public:
  explicit Dice(const std::string& prompt) : digits_(sha256_hex("sound\n" + prompt)) {}
  // From 0 to below `sides`, at most 65536.
  unsigned roll(unsigned sides) {
    constexpr std::size_t kDigits = 4;
    const auto number = std::stoul(digits_.substr(next_, kDigits), nullptr, 16);
    next_ += kDigits;
    return static_cast<unsigned>(number) % sides;
  }
  double between(double low, double high) { return low + (high - low) * roll(65536) / 65535.0; }

 private:
  std::string digits_;  // 64, enough for 16 rolls
  std::size_t next_ = 0;
};

double fade(double since_start, double until_end, double length) {
  return std::clamp(std::min(since_start, until_end) / length, 0.0, 1.0);
}

double pop(std::int64_t sample) {
  const std::int64_t since = sample - std::int64_t{kPopFrame} * kSamplesPerFrame;
  if (since < 0 || since >= kSamplesPerFrame) return 0;
  const double t = static_cast<double>(since) / kSampleRate;
  const double left = static_cast<double>(kSamplesPerFrame - 1 - since) / kSampleRate;
  return kPopLevel * fade(t, left, kPopFade) * std::sin(kFullTurn * kPopHertz * t);
}

}  // namespace

SlateSound::SlateSound(const std::string& prompt, int seconds, TwoPop two_pop)
    : length_(std::int64_t{seconds} * kSampleRate), two_pop_(two_pop) {
  Dice dice(prompt);
  root_ = semitones_up(kLowestRoot, kScale[dice.roll(kScale.size())]);
  fifth_ = dice.roll(2) == 0 ? 3.0 / 2 : 4.0 / 3;
  breaths_ = dice.between(0.25, 0.55);
  step_ = dice.between(0.25, 0.45);
  for (double& note : notes_) {
    const unsigned degree = dice.roll(kScale.size() + kRests);
    if (degree < kScale.size()) note = semitones_up(4 * kLowestRoot, kScale[degree]);
  }
}

double SlateSound::bed(double seconds, double detune) const {
  const std::array chord = {1.0, fifth_, 2.0};
  double sum = 0;
  for (std::size_t voice = 0; voice < chord.size(); ++voice) {
    const double swell =
        0.7 + 0.3 * std::sin(kFullTurn * breaths_ * seconds + static_cast<double>(voice));
    sum += swell * std::sin(kFullTurn * root_ * chord[voice] * detune * seconds) /
           static_cast<double>(voice + 1);
  }
  return kBedLevel * sum;
}

// The last two notes: one that begins, and the tail of the one before.
double SlateSound::pluck(double seconds) const {
  const auto latest = static_cast<std::int64_t>(seconds / step_);
  double sum = 0;
  for (std::int64_t note = std::max<std::int64_t>(latest - 1, 0); note <= latest; ++note) {
    const double since = seconds - static_cast<double>(note) * step_;
    const double until = 2 * step_ - since;
    sum += std::exp(-since / kPluckDecay) * fade(since, until, kPluckAttack) *
           std::sin(kFullTurn * notes_[static_cast<std::size_t>(note) % kSteps] * since);
  }
  return kPluckLevel * sum;
}

std::vector<std::int16_t> SlateSound::samples(std::int64_t first, std::int64_t count) const {
  std::vector<std::int16_t> out(static_cast<std::size_t>(count) * kChannels, 0);
  const std::int64_t end = std::min(first + count, length_);
  for (std::int64_t sample = std::max<std::int64_t>(first, 0); sample < end; ++sample) {
    const auto at = static_cast<std::size_t>(sample - first) * kChannels;
    const double t = static_cast<double>(sample) / kSampleRate;
    const double left = static_cast<double>(length_ - 1 - sample) / kSampleRate;
    const double loudness = fade(t, left, kBedFade);
    const double notes = pluck(t);
    const double tone = two_pop_ == TwoPop::yes ? pop(sample) : 0;
    for (int channel = 0; channel < kChannels; ++channel) {
      const double level = tone + loudness * (notes + bed(t, 1 + kDetune * channel));
      out[at + static_cast<std::size_t>(channel)] =
          static_cast<std::int16_t>(std::lround(32767 * level));
    }
  }
  return out;
}

}  // namespace klingtext::rehearsal
