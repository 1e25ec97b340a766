// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_boxes.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "support/fake_mp4.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

std::string bytes_of(std::uint64_t value, unsigned count) {
  std::string text;
  while (count-- > 0) text += static_cast<char>(value >> (8U * count));
  return text;
}

std::string box(const std::string& type, std::size_t content) {
  return bytes_of(content + 8, 4) + type + std::string(content, 'x');
}

std::string large_box(const std::string& type, std::size_t content) {
  return bytes_of(1, 4) + type + bytes_of(content + 16, 8) + std::string(content, 'x');
}

class Mp4Boxes : public testing::Test {
 protected:
  bool close(const std::string& bytes) { return close(bytes, bytes.size()); }
  bool close(const std::string& bytes, std::uint64_t length) {
    test::put(dir_.file("clip"), bytes);
    const UniqueFd fd(open(dir_.file("clip").c_str(), O_RDONLY | O_CLOEXEC));
    return boxes_close(fd.get(), length);
  }
  test::TempDir dir_;
};

TEST_F(Mp4Boxes, CloseInAWholeFileOfEitherSizeForm) {
  for (const auto index : {test::Mp4Index::front, test::Mp4Index::end}) {
    for (const auto extent : {test::Mp4Extent::bits32, test::Mp4Extent::bits64}) {
      EXPECT_TRUE(close(test::fake_mp4({.size = 5000, .index = index, .extent = extent})));
    }
  }
  EXPECT_TRUE(close(test::fake_mp4({.size = 5000, .extent = test::Mp4Extent::to_end})));
}

TEST_F(Mp4Boxes, DoNotCloseInACutFile) {
  for (const auto index : {test::Mp4Index::front, test::Mp4Index::end}) {
    const std::string whole = test::fake_mp4({.size = 700, .index = index});
    for (std::size_t cut = 0; cut < whole.size(); cut += 4) {
      EXPECT_FALSE(close(whole.substr(0, cut))) << cut;
    }
  }
}

TEST_F(Mp4Boxes, DoNotCloseWhereTheFileIsShorterThanSaid) {
  const std::string whole = test::fake_mp4({.size = 700});
  EXPECT_FALSE(close(whole, whole.size() + 100));
}

TEST_F(Mp4Boxes, NeedAnIndexAndData) {
  EXPECT_FALSE(close(box("ftyp", 20) + box("mdat", 100)));
  EXPECT_TRUE(close(box("ftyp", 20) + box("moov", 10) + box("mdat", 100)));
  EXPECT_TRUE(close(large_box("moov", 10) + large_box("mdat", 10)));
  EXPECT_FALSE(close(box("ftyp", 20) + box("moov", 10)));
  EXPECT_FALSE(close(""));
}

TEST_F(Mp4Boxes, AreNotFooledByHostileSizes) {
  const std::string index = box("moov", 10);
  for (const std::uint64_t size : {2ULL, 7ULL, 9ULL, 0x7fffffffULL, 0xffffffffULL}) {
    EXPECT_FALSE(close(index + bytes_of(size, 4) + "mdat")) << size;
  }
  for (const std::uint64_t size : {0ULL, 1ULL, 7ULL, 17ULL, 0x7fffffffffffffffULL,
                                   0x8000000000000000ULL, 0xffffffffffffffffULL}) {
    EXPECT_FALSE(close(index + bytes_of(1, 4) + "mdat" + bytes_of(size, 8))) << size;
  }
  EXPECT_FALSE(close(index + bytes_of(1, 4) + "mdat"));
}

TEST_F(Mp4Boxes, EndTheWalkOverEndlesslyManyBoxes) {
  std::string many = box("moov", 0) + box("mdat", 0);
  for (int i = 0; i < 150000; ++i) many += box("free", 0);
  EXPECT_FALSE(close(many));
}

TEST(Mp4Head, IsToldFromAnErrorPage) {
  EXPECT_TRUE(begins_like_mp4(test::fake_mp4().substr(0, kMp4HeadBytes)));
  for (const char* type : {"ftyp", "moov", "mdat", "free", "skip", "wide", "styp"}) {
    EXPECT_TRUE(begins_like_mp4(box(type, 10))) << type;
  }
  for (const std::string head : {"", "<html>", "<!DOCTYPE html>", "{\"error\":1}", "\x1f\x8b\x08",
                                 "RIFF....WEBP", "\x1a\x45\xdf\xa3....", "1234ftyq"}) {
    EXPECT_FALSE(begins_like_mp4(head)) << head;
  }
}

}  // namespace
}  // namespace klingtext
