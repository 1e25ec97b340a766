// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/byte_range.h"

#include <gtest/gtest.h>

namespace klingtext::rehearsal {
namespace {

using Kind = ByteRange::Kind;

ByteRange part(std::uint64_t first, std::uint64_t last) {
  return {.kind = Kind::part, .first = first, .last = last};
}

TEST(ByteRange, TakesOneRangeInEachOfItsForms) {
  EXPECT_EQ(choose_range("bytes=0-0", 100), part(0, 0));
  EXPECT_EQ(choose_range("bytes=10-19", 100), part(10, 19));
  EXPECT_EQ(choose_range("BYTES=10-", 100), part(10, 99));
  EXPECT_EQ(choose_range("bytes=-10", 100), part(90, 99));
}

TEST(ByteRange, EndsWithTheFile) {
  EXPECT_EQ(choose_range("bytes=90-200", 100), part(90, 99));
  EXPECT_EQ(choose_range("bytes=-200", 100), part(0, 99));
  EXPECT_EQ(choose_range("bytes=0-99999999999999999999999999", 100), part(0, 99));
}

TEST(ByteRange, RefusesWhatLiesBehindTheEnd) {
  EXPECT_EQ(choose_range("bytes=100-", 100).kind, Kind::unsatisfiable);
  EXPECT_EQ(choose_range("bytes=99999999999999999999999999-", 100).kind, Kind::unsatisfiable);
  EXPECT_EQ(choose_range("bytes=-0", 100).kind, Kind::unsatisfiable);
  EXPECT_EQ(choose_range("bytes=0-", 0).kind, Kind::unsatisfiable);
}

TEST(ByteRange, IgnoresWhatIsNotOneRange) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1",
                             "lines=1-2", "bytes=0-1,3-4", "bytes=+1-2", "bytes=1-2-3"}) {
    EXPECT_EQ(choose_range(header, 100).kind, Kind::whole) << header;
  }
}

}  // namespace
}  // namespace klingtext::rehearsal
