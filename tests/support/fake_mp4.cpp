// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/fake_mp4.h"

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string_view>

namespace klingtext::test {
namespace {

constexpr std::size_t kSmallest = 256;

std::string big_endian(std::uint64_t value, unsigned bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(value >> (8U * bytes));
  return text;
}

std::string box(std::string_view type, const std::string& content) {
  return big_endian(content.size() + 8, 4).append(type) + content;
}

std::string movie_header() {
  std::string content(100, '\0');
  content.replace(12, 4, big_endian(1000, 4));  // time scale
  content.replace(16, 4, big_endian(5000, 4));  // five seconds
  return box("mvhd", content);
}

}  // namespace

std::string fake_mp4(const FakeMp4& wanted) {
  if (wanted.size < kSmallest) throw std::invalid_argument("a fake MP4 has at least 256 bytes");
  const std::string type = box("ftyp", "isom" + big_endian(0x200, 4) + "isomiso2avc1mp41");
  const std::string index = box("moov", movie_header());
  const std::size_t data_size = wanted.size - type.size() - index.size();

  std::string data;
  if (wanted.extent == Mp4Extent::bits64) {
    data = big_endian(1, 4) + "mdat" + big_endian(data_size, 8);
  } else {
    data = big_endian(wanted.extent == Mp4Extent::to_end ? 0 : data_size, 4) + "mdat";
  }
  std::mt19937 noise(wanted.seed);
  while (data.size() < data_size) data += static_cast<char>(noise() & 0xffU);
  return wanted.index == Mp4Index::front ? type + index + data : type + data + index;
}

}  // namespace klingtext::test
