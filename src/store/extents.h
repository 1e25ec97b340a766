// SPDX-License-Identifier: LGPL-2.1-or-later
// Which bytes of a growing file are there: disjoint ranges, merged as they meet.
#pragma once

#include <cstdint>
#include <map>

namespace klingtext {

struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // exclusive
};

class Extents {
 public:
  void add(ByteRange range);
  // How far the bytes reach without a gap from `offset`; `offset` itself when it is not there.
  std::uint64_t reach(std::uint64_t offset) const;
  // The next byte at or after `offset` that is there; `none` when there is no such byte.
  std::uint64_t next_present(std::uint64_t offset, std::uint64_t none) const;
  bool covers(std::uint64_t length) const { return reach(0) >= length; }
  std::uint64_t bytes() const;
  bool empty() const { return ranges_.empty(); }
  const std::map<std::uint64_t, std::uint64_t>& ranges() const { return ranges_; }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // begin to end
};

}  // namespace klingtext
