// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/shot_mark.h"

#include <gtest/gtest.h>

namespace klingtext::rehearsal {
namespace {

TEST(ShotMark, IsReadBack) {
  for (const ShotMark mark : {ShotMark{}, ShotMark{.shot = 0xFFFF, .frame = 0xFFFF},
                              ShotMark{.shot = 0x3F2A, .frame = 119}}) {
    EXPECT_EQ(ShotMark::read(mark.cells()), mark);
  }
}

TEST(ShotMark, KeepsItsDocumentedLayout) {
  const ShotMark::Cells cells = ShotMark{.shot = 0x8001, .frame = 0x0003}.cells();
  std::string row;
  for (const bool cell : cells) row += cell ? '1' : '0';
  EXPECT_EQ(row,
            "1010"
            "1000000000000001"
            "0000000000000011"
            "1010");
}

TEST(ShotMark, NoticesAnyWrongCell) {
  const ShotMark::Cells cells = ShotMark{.shot = 0x3F2A, .frame = 77}.cells();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    ShotMark::Cells damaged = cells;
    damaged[i] = !damaged[i];
    EXPECT_FALSE(ShotMark::read(damaged).has_value()) << i;
  }
}

}  // namespace
}  // namespace klingtext::rehearsal
