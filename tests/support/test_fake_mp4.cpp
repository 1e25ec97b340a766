// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/fake_mp4.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace klingtext::test {
namespace {

std::uint64_t big_endian(const std::string& bytes, std::size_t at, unsigned size) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The types of the top-level boxes; "?" at the end when they do not close with the file.
std::vector<std::string> boxes(const std::string& bytes) {
  std::vector<std::string> types;
  std::size_t at = 0;
  while (at + 8 <= bytes.size()) {
    std::uint64_t size = big_endian(bytes, at, 4);
    if (size == 1) size = big_endian(bytes, at + 8, 8);
    if (size == 0) size = bytes.size() - at;
    types.push_back(bytes.substr(at + 4, 4));
    at += size;
  }
  if (at != bytes.size()) types.push_back("?");
  return types;
}

TEST(FakeMp4, ClosesItsBoxesAtExactlyTheSizeAsked) {
  for (const std::size_t size : {256U, 1000U, 300000U}) {
    const std::string bytes = fake_mp4({.size = size});
    EXPECT_EQ(bytes.size(), size);
    EXPECT_EQ(boxes(bytes), (std::vector<std::string>{"ftyp", "moov", "mdat"}));
  }
}

TEST(FakeMp4, PutsTheIndexAtTheEnd) {
  EXPECT_EQ(boxes(fake_mp4({.index = Mp4Index::end})),
            (std::vector<std::string>{"ftyp", "mdat", "moov"}));
}

TEST(FakeMp4, ClosesWithEveryWayToGiveASize) {
  const std::vector<std::string> expected = {"ftyp", "moov", "mdat"};
  EXPECT_EQ(boxes(fake_mp4({.extent = Mp4Extent::bits64})), expected);
  EXPECT_EQ(boxes(fake_mp4({.extent = Mp4Extent::to_end})), expected);
}

TEST(FakeMp4, DiffersBySeed) {
  EXPECT_EQ(fake_mp4({.seed = 3}), fake_mp4({.seed = 3}));
  EXPECT_NE(fake_mp4({.seed = 3}), fake_mp4({.seed = 4}));
}

}  // namespace
}  // namespace klingtext::test
