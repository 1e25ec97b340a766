// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the shots come to lie, frame by frame.
#include "storyboard/cut_list.h"

#include <gtest/gtest.h>

namespace klingtext {
namespace {

using Lengths = std::vector<std::optional<double>>;

Shot shot(double in, std::optional<double> out, double dissolve = 0) {
  Shot one;
  one.in = in;
  one.out = out;
  if (dissolve > 0) one.transition = Transition::dissolve;
  one.dissolve = dissolve;
  return one;
}

std::vector<std::vector<Frames>> cuts(std::vector<Shot> shots, const Lengths& lengths,
                                      Rate rate = {}) {
  const Storyboard board{.film = {.rate = rate}, .shots = std::move(shots)};
  std::vector<std::vector<Frames>> found;
  for (const Cut& cut : cut_list(board, lengths)) found.push_back({cut.start, cut.in, cut.length});
  return found;
}

using Expected = std::vector<std::vector<Frames>>;

TEST(CutList, ShotsFollowEachOther) {
  EXPECT_EQ(cuts({shot(0, {}), shot(1, 2.5), shot(0.5, {})}, {5.0, 5.0, 5.0}),
            (Expected{{0, 0, 120}, {120, 24, 36}, {156, 12, 108}}));
}

TEST(CutList, ADissolveOverlapsTheOneBefore) {
  EXPECT_EQ(cuts({shot(0, 2), shot(0, 2, 0.5), shot(0, 2, 1)}, {5.0, 5.0, 5.0}),
            (Expected{{0, 0, 48}, {36, 0, 48}, {60, 0, 48}}));
}

TEST(CutList, TheFirstShotHasNothingToDissolveFrom) {
  EXPECT_EQ(cuts({shot(0, 1, 0.5)}, {5.0}), (Expected{{0, 0, 24}}));
}

TEST(CutList, ClipsAreAsLongAsTheyAre) {
  // Ordered 5 s; what came is a little longer, shorter, or missing.
  EXPECT_EQ(cuts({shot(0, {}), shot(0, {}), shot(0, 5), shot(0, {})}, {5.04, 4.96, 4.96, {}}),
            (Expected{{0, 0, 120}, {120, 0, 119}, {239, 0, 119}, {358, 0, 120}}));
}

TEST(CutList, AShortClipShortensItsDissolves) {
  EXPECT_EQ(cuts({shot(0, {}), shot(0, {}, 2), shot(0, {}, 2)}, {5.0, 0.5, 5.0}),
            (Expected{{0, 0, 120}, {109, 0, 12}, {121, 0, 120}}));
}

TEST(CutList, NothingIsShorterThanAFrame) {
  EXPECT_EQ(cuts({shot(4, 5), shot(0, 0.001)}, {0.1, 5.0}), (Expected{{0, 1, 1}, {1, 0, 1}}));
}

TEST(CutList, FramesOfAnyRateMeetWithoutAGap) {
  const Rate rate{30000, 1001};
  EXPECT_EQ(cuts({shot(0, {}), shot(0, 1)}, {5.0, 5.0}, rate),
            (Expected{{0, 0, 149}, {149, 0, 30}}));
  EXPECT_EQ(nanoseconds(30000, rate), 1001'000'000'000U);
  EXPECT_EQ(nanoseconds(1, {24, 1}), 41'666'666U);
}

}  // namespace
}  // namespace klingtext
