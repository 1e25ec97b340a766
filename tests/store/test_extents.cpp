// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/extents.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace klingtext {
namespace {

constexpr std::uint64_t kNone = 12345;

TEST(Extents, AreEmptyAtFirst) {
  const Extents extents;
  EXPECT_TRUE(extents.empty());
  EXPECT_EQ(extents.bytes(), 0U);
  EXPECT_EQ(extents.reach(7), 7U);
  EXPECT_EQ(extents.next_present(7, kNone), kNone);
  EXPECT_TRUE(extents.covers(0));
  EXPECT_FALSE(extents.covers(1));
}

TEST(Extents, MergeWhereTheyMeet) {
  Extents extents;
  extents.add({10, 20});
  extents.add({30, 40});
  EXPECT_EQ(extents.ranges().size(), 2U);
  extents.add({20, 30});
  ASSERT_EQ(extents.ranges().size(), 1U);
  EXPECT_EQ(extents.reach(10), 40U);
  EXPECT_EQ(extents.reach(9), 9U);
  EXPECT_EQ(extents.reach(40), 40U);
}

TEST(Extents, IgnoreEmptyAndBackwardRanges) {
  Extents extents;
  extents.add({5, 5});
  extents.add({9, 3});
  EXPECT_TRUE(extents.empty());
}

TEST(Extents, AgreeWithABitmap) {
  constexpr std::uint64_t kSize = 200;
  std::mt19937 random(7);
  std::uniform_int_distribution<std::uint64_t> offset(0, kSize);
  for (int round = 0; round < 300; ++round) {
    Extents extents;
    std::vector<bool> bitmap(kSize, false);
    for (int i = 0; i < 25; ++i) {
      const std::uint64_t begin = offset(random);
      const std::uint64_t end = std::min(kSize, begin + offset(random) / 12);
      extents.add({begin, end});
      for (std::uint64_t at = begin; at < end; ++at) bitmap[at] = true;

      std::uint64_t bytes = 0;
      for (std::uint64_t at = 0; at < kSize; ++at) {
        std::uint64_t reach = at;
        while (reach < kSize && bitmap[reach]) ++reach;
        std::uint64_t next = at;
        while (next < kSize && !bitmap[next]) ++next;
        ASSERT_EQ(extents.reach(at), reach);
        ASSERT_EQ(extents.next_present(at, kNone), next < kSize ? next : kNone);
        if (bitmap[at]) ++bytes;
      }
      ASSERT_EQ(extents.bytes(), bytes);
      std::uint64_t previous_end = 0;
      for (const auto& [first, last] : extents.ranges()) {
        ASSERT_LT(first, last);
        ASSERT_TRUE(first > previous_end || previous_end == 0) << "neighbours are merged";
        previous_end = last;
      }
    }
  }
}

}  // namespace
}  // namespace klingtext
