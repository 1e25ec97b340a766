// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers, boxes and tables of an MP4 in memory (ISO/IEC 14496-12, 4.2). The bytes come from
// outside: nothing is read behind their end, and every count is bounded by the bytes it is in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace klingtext::mp4 {

using Bytes = std::string_view;

// Reads big-endian numbers; zeros, and `failed`, behind the end.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  std::uint64_t take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8U | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(count);
    return value;
  }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  void skip(std::size_t count) {
    failed_ |= count > rest_.size();
    rest_.remove_prefix(std::min(count, rest_.size()));
  }
  // The version of a full box, whose flags are skipped.
  unsigned version() { return u32() >> 24U; }
  bool failed() const { return failed_; }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
  bool failed_ = false;
};

struct Box {
  Bytes type;
  Bytes content;
};

// The box that begins `bytes`, which it is taken off; nothing at their end or where it is damaged.
inline std::optional<Box> take_box(Bytes& bytes) {
  Reader reader(bytes);
  std::uint64_t size = reader.u32();
  std::size_t head = 8;
  reader.skip(4);
  if (size == 1) {
    size = reader.take(8);
    head = 16;
  } else if (size == 0) {
    size = bytes.size();
  }
  if (reader.failed() || size < head || size > bytes.size()) return std::nullopt;
  const Box box{bytes.substr(4, 4), bytes.substr(head, static_cast<std::size_t>(size) - head)};
  bytes.remove_prefix(static_cast<std::size_t>(size));
  return box;
}

template <typename Visit>
void for_each_box(Bytes bytes, Visit visit) {
  while (const auto box = take_box(bytes)) visit(*box);
}

inline std::optional<Bytes> find_box(Bytes bytes, Bytes type) {
  while (const auto box = take_box(bytes)) {
    if (box->type == type) return box->content;
  }
  return std::nullopt;
}

// The box at the end of a path of types.
inline std::optional<Bytes> find_box(Bytes bytes, std::initializer_list<Bytes> path) {
  std::optional<Bytes> inner = bytes;
  for (const Bytes type : path) {
    if (inner) inner = find_box(*inner, type);
  }
  return inner;
}

// The rest of a full box: the count of entries of `entry` bytes, then these. Fewer where the box is
// too short for that.
struct Table {
  Bytes entries;
  std::uint64_t count = 0;
  std::size_t entry = 4;

  std::uint64_t at(std::uint64_t index, std::size_t offset = 0, std::size_t bytes = 4) const {
    return Reader(entries.substr(static_cast<std::size_t>(index) * entry + offset)).take(bytes);
  }
};

inline Table table_of(Reader reader, std::size_t entry) {
  const std::uint64_t said = reader.u32();
  const std::uint64_t fit = reader.rest().size() / entry;
  return {reader.rest(), std::min(said, fit), entry};
}

}  // namespace klingtext::mp4
