// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_boxes.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace klingtext {
namespace {

using BoxHead = std::array<unsigned char, 16>;  // size, type, and the 64-bit size if size is 1

// More top-level boxes than any writer makes: bounds the walk over a hostile file.
constexpr int kMaxBoxes = 100000;

std::uint64_t big_endian(const BoxHead& head, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | head[at + i];
  return value;
}

}  // namespace

bool begins_like_mp4(std::string_view head) {
  static constexpr std::array<std::string_view, 9> kFirst{"ftyp", "moov", "mdat", "free", "skip",
                                                          "wide", "pnot", "styp", "uuid"};
  if (head.size() < 8) return false;
  return std::find(kFirst.begin(), kFirst.end(), head.substr(4, 4)) != kFirst.end();
}

bool boxes_close(int fd, std::uint64_t length) {
  std::uint64_t at = 0;
  bool has_index = false;
  bool has_data = false;
  for (int boxes = 0; at < length && boxes < kMaxBoxes; ++boxes) {
    BoxHead head{};
    const ssize_t got = pread(fd, head.data(), head.size(), static_cast<off_t>(at));
    if (got < 8) return false;
    std::uint64_t size = big_endian(head, 0, 4);
    if (size == 1) {
      if (got < 16) return false;
      size = big_endian(head, 8, 8);
    } else if (size == 0) {
      size = length - at;  // to the end of the file
    }
    if (size < 8 || size > length - at) return false;
    has_index |= std::equal(head.begin() + 4, head.begin() + 8, "moov");
    has_data |= std::equal(head.begin() + 4, head.begin() + 8, "mdat");
    at += size;
  }
  return at == length && has_index && has_data;
}

}  // namespace klingtext
