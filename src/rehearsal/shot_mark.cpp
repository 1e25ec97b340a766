// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/shot_mark.h"

namespace klingtext::rehearsal {

namespace {

constexpr unsigned kStart = 0b1010;
constexpr unsigned kPayloadCells = 32;
constexpr unsigned kCheckCells = 4;

unsigned check_of(std::uint32_t payload) {
  unsigned check = 0;
  for (unsigned shift = 0; shift < kPayloadCells; shift += kCheckCells) check ^= payload >> shift;
  return check & 0xF;
}

}  // namespace

ShotMark::Cells ShotMark::cells() const {
  const std::uint32_t payload = (static_cast<std::uint32_t>(shot) << 16) | frame;
  const std::uint64_t bits = (static_cast<std::uint64_t>(kStart) << (kPayloadCells + kCheckCells)) |
                             (static_cast<std::uint64_t>(payload) << kCheckCells) |
                             check_of(payload);
  Cells cells{};
  for (unsigned i = 0; i < kCells; ++i) cells[i] = ((bits >> (kCells - 1 - i)) & 1) != 0;
  return cells;
}

std::optional<ShotMark> ShotMark::read(const Cells& cells) {
  std::uint64_t bits = 0;
  for (const bool cell : cells) bits = (bits << 1) | (cell ? 1 : 0);
  const auto payload = static_cast<std::uint32_t>(bits >> kCheckCells);
  if (bits >> (kPayloadCells + kCheckCells) != kStart || (bits & 0xF) != check_of(payload)) {
    return std::nullopt;
  }
  return ShotMark{.shot = static_cast<std::uint16_t>(payload >> 16),
                  .frame = static_cast<std::uint16_t>(payload & 0xFFFF)};
}

}  // namespace klingtext::rehearsal
