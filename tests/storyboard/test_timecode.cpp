// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/timecode.h"

#include <gtest/gtest.h>

namespace klingtext {
namespace {

TEST(Timecode, CountsFramesOfWholeRates) {
  EXPECT_EQ(timecode(0, {24, 1}), "00:00:00:00");
  EXPECT_EQ(timecode(23, {24, 1}), "00:00:00:23");
  EXPECT_EQ(timecode(24 * 3661 + 5, {24, 1}), "01:01:01:05");
  EXPECT_EQ(timecode(25 * 60, {25, 1}), "00:01:00:00");
  EXPECT_EQ(timecode(24 * 86400, {24, 1}), "00:00:00:00");
}

TEST(Timecode, CountsRatesBelowWholeOnesWithoutDrops) {
  EXPECT_EQ(timecode(24 * 60, {24000, 1001}), "00:01:00:00");
  EXPECT_EQ(timecode(13, {25, 2}), "00:00:01:00");
}

// SMPTE ST 12-1: numbers 0 and 1 do not exist at the start of a minute, except of each tenth.
TEST(Timecode, DropsNumbers) {
  const Rate ntsc{30000, 1001};
  EXPECT_EQ(timecode(1799, ntsc), "00:00:59;29");
  EXPECT_EQ(timecode(1800, ntsc), "00:01:00;02");
  EXPECT_EQ(timecode(3597, ntsc), "00:01:59;29");
  EXPECT_EQ(timecode(3598, ntsc), "00:02:00;02");
  EXPECT_EQ(timecode(17981, ntsc), "00:09:59;29");
  EXPECT_EQ(timecode(17982, ntsc), "00:10:00;00");
  EXPECT_EQ(timecode(107892, ntsc), "01:00:00;00");
  EXPECT_EQ(timecode(3600, {60000, 1001}), "00:01:00;04");
}

}  // namespace
}  // namespace klingtext
