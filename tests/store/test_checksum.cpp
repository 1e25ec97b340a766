// SPDX-License-Identifier: LGPL-2.1-or-later
// The sum that tells whether a clip is what was downloaded.
#include "store/checksum.h"

#include <fcntl.h>

#include "base/text.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

class ChecksumTest : public testing::Test {
 protected:
  ChecksumTest() {
    for (std::size_t i = 0; i < bytes_.size(); ++i) bytes_[i] = static_cast<char>(i * 7 + i / 251);
    test::put(dir_.file("clip"), bytes_);
    fd_ = UniqueFd(open(dir_.file("clip").c_str(), O_RDONLY));
  }

  test::TempDir dir_;
  std::string bytes_ = std::string(700000, '\0');
  UniqueFd fd_;
};

TEST(Checksum, IsTheOneThatXxhsumPrints) {
  Checksum sum;
  if (!sum.text().starts_with("xxh128:")) GTEST_SKIP() << "built without xxHash";
  EXPECT_EQ(sum.text(), "xxh128:99aa06d3014798d86001c324468d497f");
  sum.add("abc");
  EXPECT_EQ(sum.text(), "xxh128:06b05ab6733a618578af5f94892f3950");
}

TEST_F(ChecksumTest, IsTheSameInWhateverPiecesItIsMade) {
  Checksum whole;
  whole.add(bytes_);
  Checksum pieces;
  pieces.add(std::string_view(bytes_).substr(0, 1000));
  pieces.add(std::string_view(bytes_).substr(1000, 1));
  EXPECT_TRUE(pieces.add_rest_of(fd_.get(), bytes_.size()));
  EXPECT_EQ(pieces.text(), whole.text());
  EXPECT_EQ(pieces.size(), bytes_.size());
  EXPECT_TRUE(has_checksum(fd_.get(), bytes_.size(), whole.text()));
}

TEST_F(ChecksumTest, NoticesEveryChange) {
  Checksum sum;
  sum.add(bytes_);
  EXPECT_FALSE(has_checksum(fd_.get(), bytes_.size() - 1, sum.text()));
  EXPECT_FALSE(has_checksum(fd_.get(), bytes_.size() + 1, sum.text()));
  bytes_[350000] ^= 1;
  test::put(dir_.file("clip"), bytes_);
  EXPECT_FALSE(has_checksum(fd_.get(), bytes_.size(), sum.text()));
}

TEST_F(ChecksumTest, TakesTheSumOfTheFirstVersions) {
  EXPECT_TRUE(has_checksum(fd_.get(), bytes_.size(), "sha256:" + sha256_hex(bytes_)));
  EXPECT_FALSE(has_checksum(fd_.get(), bytes_.size(), "sha256:" + std::string(64, '0')));
}

TEST_F(ChecksumTest, TakesNothingForNone) {
  for (const char* text : {"", "xxh128:", "sha256:", "md5:00"}) {
    EXPECT_FALSE(has_checksum(fd_.get(), bytes_.size(), text)) << text;
  }
}

}  // namespace
}  // namespace klingtext
