// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

TEST(TinyMp4, HasItsIndexWhereAsked) {
  const std::string front = tiny_mp4();
  EXPECT_LT(front.find("moov"), front.find("mdat"));
  const std::string end = tiny_mp4({.index = Mp4Index::end});
  EXPECT_GT(end.find("moov"), end.find("mdat"));
}

TEST(TinyMp4, HasSoundOnlyWhenAsked) {
  EXPECT_NE(tiny_mp4().find("mp4a"), std::string::npos);
  EXPECT_EQ(tiny_mp4({.sound = Mp4Sound::none}).find("mp4a"), std::string::npos);
}

TEST(TinyMp4, IsMadeOncePerProcess) {
  EXPECT_EQ(&tiny_mp4(), &tiny_mp4());
}

}  // namespace
}  // namespace klingtext::test
