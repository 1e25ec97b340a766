// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/extents.h"

#include <algorithm>

namespace klingtext {

void Extents::add(ByteRange range) {
  if (range.begin >= range.end) return;
  auto next = ranges_.upper_bound(range.begin);
  if (next != ranges_.begin()) {
    const auto previous = std::prev(next);
    if (previous->second >= range.begin) {
      range.begin = previous->first;
      range.end = std::max(range.end, previous->second);
      ranges_.erase(previous);
    }
  }
  while (next != ranges_.end() && next->first <= range.end) {
    range.end = std::max(range.end, next->second);
    next = ranges_.erase(next);
  }
  ranges_.emplace(range.begin, range.end);
}

std::uint64_t Extents::reach(std::uint64_t offset) const {
  const auto next = ranges_.upper_bound(offset);
  if (next == ranges_.begin()) return offset;
  return std::max(offset, std::prev(next)->second);
}

std::uint64_t Extents::next_present(std::uint64_t offset, std::uint64_t none) const {
  if (reach(offset) > offset) return offset;
  const auto next = ranges_.lower_bound(offset);
  return next == ranges_.end() ? none : next->first;
}

std::uint64_t Extents::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [begin, end] : ranges_) sum += end - begin;
  return sum;
}

}  // namespace klingtext
