// SPDX-License-Identifier: LGPL-2.1-or-later
// The machine-readable mark of a rehearsal: one row of 40 equal cells across the bottom edge of
// the picture, each as wide as the picture / 40 and as high as 1/60 of it, dark for 0 and light
// for 1. Read from left to right, most significant bit first:
//
//   cells  0.. 3  1 0 1 0, to find the levels by
//   cells  4..19  the shot: the first 16 bits of the clip's name, a hash of request, take and slate
//   cells 20..35  the frame number, 0 for the first
//   cells 36..39  the exclusive or of the eight groups of four cells 4..35
//
// Whoever averages the middle of each cell reads it from any scaled and re-encoded copy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace klingtext::rehearsal {

struct ShotMark {
  static constexpr unsigned kCells = 40;
  static constexpr unsigned kRowsPerPicture = 60;
  using Cells = std::array<bool, kCells>;

  std::uint16_t shot = 0;
  std::uint16_t frame = 0;

  Cells cells() const;
  // None when the first cells or the last do not fit.
  static std::optional<ShotMark> read(const Cells& cells);

  bool operator==(const ShotMark&) const = default;
};

}  // namespace klingtext::rehearsal
