// SPDX-License-Identifier: LGPL-2.1-or-later
// What a client tells of a slate, and the code of a shot without a number.
#include "rehearsal/slate_label.h"

#include <gtest/gtest.h>

#include <set>

namespace klingtext::rehearsal {
namespace {

TEST(SlateNote, HasShotTakeAndTwoPop) {
  const SlateNote note = read_slate_note("shot=2+5; take=3; two-pop=no");
  EXPECT_EQ(note.shot, "2+5");
  EXPECT_EQ(note.take, 3U);
  EXPECT_EQ(note.two_pop, TwoPop::no);
}

TEST(SlateNote, LeavesOutWhatItCannotRead) {
  for (const std::string header :
       {"", ";", "shot", "shot=", "take=0", "take=-1", "take=1x", "take=99999999999999999999",
        "shot=\x01", "shot=\xE2\x80\xA6", "other=1", "shot=1234567890123"}) {
    const SlateNote note = read_slate_note(header);
    EXPECT_FALSE(note.shot) << header;
    EXPECT_FALSE(note.take) << header;
    EXPECT_EQ(note.two_pop, TwoPop::yes) << header;
  }
  EXPECT_FALSE(read_slate_note("shot=" + std::string(100'000, 'x')).shot);
  EXPECT_FALSE(read_slate_note(std::string(100'000, ';')).shot);
}

TEST(ShotCode, IsTwoLettersAndTheSameForAPrompt) {
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const std::string prompt = "A raccoon, scene " + std::to_string(i);
    const std::string code = shot_code(prompt);
    EXPECT_EQ(code.size(), 2U);
    EXPECT_EQ(code, shot_code(prompt));
    codes.insert(code);
  }
  EXPECT_GT(codes.size(), 120U);
  EXPECT_EQ(shot_code("A raccoon"), "FY");
}

}  // namespace
}  // namespace klingtext::rehearsal
