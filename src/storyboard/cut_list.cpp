// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/cut_list.h"

#include <algorithm>
#include <cmath>

namespace klingtext {
namespace {

constexpr double kSlack = 0.01;  // of a frame, for what decimals cannot say

double per_second(const Rate& rate) {
  return static_cast<double>(rate.numerator) / rate.denominator;
}

Frames nearest(double seconds, const Rate& rate) {
  return std::llround(seconds * per_second(rate));
}

}  // namespace

Frames whole_frames(double seconds, const Rate& rate) {
  return static_cast<Frames>(std::floor(seconds * per_second(rate) + kSlack));
}

namespace {

// What is used of a clip of that length.
Cut used_of(const Shot& shot, double seconds, const Rate& rate) {
  const Frames whole = std::max<Frames>(1, whole_frames(seconds, rate));
  Cut cut;
  cut.in = std::min(nearest(shot.in, rate), whole - 1);
  const Frames out = shot.out ? std::min(nearest(*shot.out, rate), whole) : whole;
  cut.length = std::max<Frames>(1, out - cut.in);
  return cut;
}

Frames dissolve_of(const Shot& shot, const Rate& rate) {
  if (shot.transition == Transition::cut) return 0;
  return std::max<Frames>(1, nearest(shot.dissolve, rate));
}

}  // namespace

std::vector<Cut> cut_list(const Storyboard& storyboard,
                          std::span<const std::optional<double>> lengths) {
  const Rate& rate = storyboard.film.rate;
  std::vector<Cut> cuts;
  Frames free = 0;  // frames of the shot before that are in no dissolve
  for (std::size_t i = 0; i < storyboard.shots.size(); ++i) {
    const Shot& shot = storyboard.shots[i];
    Cut cut = used_of(shot, lengths[i].value_or(shot.settings.duration), rate);
    // One frame of every shot is its own: three at a time are no dissolve.
    const Frames overlap =
        i == 0 ? 0
               : std::max<Frames>(0, std::min({dissolve_of(shot, rate), free - 1, cut.length - 1}));
    if (!cuts.empty()) cut.start = cuts.back().start + cuts.back().length - overlap;
    free = cut.length - overlap;
    cuts.push_back(cut);
  }
  return cuts;
}

Outcome check_dissolves(const Storyboard& storyboard) {
  const Rate& rate = storyboard.film.rate;
  const std::size_t count = storyboard.shots.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Shot& shot = storyboard.shots[i];
    const Frames head = i == 0 ? 0 : dissolve_of(shot, rate);
    const Frames tail = i + 1 == count ? 0 : dissolve_of(storyboard.shots[i + 1], rate);
    if (head + tail < used_of(shot, shot.settings.duration, rate).length) continue;
    return Error{.kind = ErrorKind::settings,
                 .message = "shot " + std::to_string(i + 1) +
                            " is too short for the dissolves at its ends. Shorten them (dissolve "
                            "= seconds), or write transition = \"cut\"."};
  }
  return Done{};
}

std::uint64_t nanoseconds(Frames frames, const Rate& rate) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const auto scale = kSecond * static_cast<std::uint64_t>(rate.denominator);
  return static_cast<std::uint64_t>(frames) * scale / static_cast<std::uint64_t>(rate.numerator);
}

}  // namespace klingtext
