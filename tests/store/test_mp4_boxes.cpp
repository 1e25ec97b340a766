// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_boxes.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "support/fake_mp4.h"
#include "support/sampled_mp4.h"
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
  Mp4State state(const std::string& bytes) { return state(bytes, bytes.size()); }
  Mp4State state(const std::string& bytes, std::uint64_t length) {
    test::put(dir_.file("clip"), bytes);
    const UniqueFd fd(open(dir_.file("clip").c_str(), O_RDONLY | O_CLOEXEC));
    return mp4_state(fd.get(), length);
  }
  bool is_whole(const std::string& bytes) { return state(bytes) == Mp4State::whole; }
  // A file is whole, and not any more when one of its bytes is missing at the end.
  void expect_cut_everywhere(const std::string& whole, std::size_t step = 1) {
    EXPECT_TRUE(is_whole(whole));
    for (std::size_t cut = 0; cut < whole.size(); cut += step) {
      ASSERT_FALSE(is_whole(whole.substr(0, cut))) << cut << " of " << whole.size();
    }
    ASSERT_FALSE(is_whole(whole.substr(0, whole.size() - 1)));
  }
  test::TempDir dir_;
};

constexpr test::Mp4Extent kExtents[] = {test::Mp4Extent::bits32, test::Mp4Extent::bits64,
                                        test::Mp4Extent::to_end};
constexpr test::Mp4Index kIndexes[] = {test::Mp4Index::front, test::Mp4Index::end};

TEST_F(Mp4Boxes, AreWholeInEitherSizeForm) {
  for (const auto index : kIndexes) {
    for (const auto extent : {test::Mp4Extent::bits32, test::Mp4Extent::bits64}) {
      EXPECT_TRUE(is_whole(test::fake_mp4({.size = 5000, .index = index, .extent = extent})));
    }
  }
}

TEST_F(Mp4Boxes, AreNotWholeInACutFile) {
  for (const auto index : kIndexes) {
    expect_cut_everywhere(test::fake_mp4({.size = 700, .index = index}), 4);
  }
}

TEST_F(Mp4Boxes, AreNotWholeInACutFileWhateverItsSampleTables) {
  using test::Mp4Sizes;
  for (const auto extent : kExtents) {
    for (const auto offsets : {test::Mp4Offsets::stco, test::Mp4Offsets::co64}) {
      for (const auto sizes :
           {Mp4Sizes::table, Mp4Sizes::fixed, Mp4Sizes::bits4, Mp4Sizes::bits8, Mp4Sizes::bits16}) {
        expect_cut_everywhere(test::sampled_mp4({.samples = 23,
                                                 .sample_size = 13,
                                                 .extent = extent,
                                                 .offsets = offsets,
                                                 .sizes = sizes}),
                              31);
      }
    }
  }
  expect_cut_everywhere(test::sampled_mp4({.index = test::Mp4Index::end}), 31);
}

TEST_F(Mp4Boxes, AreCutWhereASampleLiesBeyondTheEnd) {
  const std::string whole = test::sampled_mp4({.extent = test::Mp4Extent::to_end});
  EXPECT_EQ(state(whole), Mp4State::whole);
  EXPECT_EQ(state(whole.substr(0, whole.size() - 1)), Mp4State::cut);
  EXPECT_EQ(state(whole.substr(0, whole.size() / 2)), Mp4State::cut);
}

// Where a file is cut between two fragments, only its index or its declared duration shows it.
TEST_F(Mp4Boxes, AreCutBetweenFragmentsWhereTheFileSaysHowLongItIs) {
  const std::size_t one =
      test::fragmented_mp4({.fragments = 3}).size() - test::fragmented_mp4({.fragments = 2}).size();
  for (const bool has_segment_index : {true, false}) {
    for (unsigned fragments = 2; fragments < 8; ++fragments) {
      const std::string whole = test::fragmented_mp4({.fragments = fragments,
                                                      .has_segment_index = has_segment_index,
                                                      .has_duration = !has_segment_index});
      EXPECT_EQ(state(whole), Mp4State::whole);
      EXPECT_EQ(state(whole + "behind the last box"), Mp4State::whole);
      for (unsigned missing = 1; missing < fragments; ++missing) {
        EXPECT_EQ(state(whole.substr(0, whole.size() - missing * one)), Mp4State::cut) << missing;
      }
    }
  }
  const std::string silent = test::fragmented_mp4();
  EXPECT_EQ(state(silent.substr(0, silent.size() - one)), Mp4State::whole);
}

TEST_F(Mp4Boxes, AreNotWholeInAFragmentedFileCutWithinAFragment) {
  using test::Mp4RunSizes;
  for (const auto sizes :
       {Mp4RunSizes::run, Mp4RunSizes::fragment_default, Mp4RunSizes::track_default}) {
    for (const auto last : kExtents) {
      const std::string whole = test::fragmented_mp4({.sizes = sizes, .last = last});
      EXPECT_TRUE(is_whole(whole));
      for (std::size_t missing = 1; missing < 450; missing += 19) {
        ASSERT_FALSE(is_whole(whole.substr(0, whole.size() - missing))) << missing;
      }
    }
  }
  expect_cut_everywhere(test::fragmented_mp4({.has_segment_index = true}), 31);
}

TEST_F(Mp4Boxes, AreWholeWhateverStandsBehindTheLastOne) {
  const std::string tails[] = {"x",
                               "\r\n",
                               std::string(7, '\0'),
                               std::string(1000, '\0'),
                               "hello, this is no box at all",
                               std::string(300, '\xff'),
                               test::mp4_box("abcd", "content"),
                               test::mp4_number(4, 4) + "abcd",
                               test::mp4_number(1, 4) + "abcd" + std::string(8, '\xff')};
  for (const std::string& tail : tails) {
    for (const auto index : kIndexes) {
      EXPECT_TRUE(is_whole(test::sampled_mp4({.index = index}) + tail)) << tail;
      EXPECT_TRUE(is_whole(test::fake_mp4({.index = index}) + tail)) << tail;
    }
    EXPECT_TRUE(is_whole(test::sampled_mp4({.extent = test::Mp4Extent::to_end}) + tail)) << tail;
    EXPECT_TRUE(is_whole(test::fragmented_mp4() + tail)) << tail;
  }
}

TEST_F(Mp4Boxes, AreCutWhereTheFileIsShorterThanSaid) {
  for (const char* type : {"mdat", "moov", "moof", "free", "uuid", "mfra"}) {
    EXPECT_EQ(state(test::sampled_mp4() + test::mp4_number(100, 4) + type), Mp4State::cut) << type;
  }
}

TEST_F(Mp4Boxes, NeedAnIndexAndData) {
  EXPECT_FALSE(is_whole(box("ftyp", 20) + box("mdat", 100)));
  EXPECT_TRUE(is_whole(box("ftyp", 20) + box("moov", 10) + box("mdat", 100)));
  EXPECT_TRUE(is_whole(large_box("moov", 10) + large_box("mdat", 10)));
  EXPECT_FALSE(is_whole(box("ftyp", 20) + box("moov", 10)));
  EXPECT_FALSE(is_whole(""));
  EXPECT_FALSE(is_whole(box("moov", 10) + "xxxxyyyy" + box("mdat", 10)));
}

TEST_F(Mp4Boxes, OfOpenDataNeedSamplesThatShowItsEnd) {
  EXPECT_EQ(state(test::fake_mp4({.extent = test::Mp4Extent::to_end})), Mp4State::unclear);
}

TEST_F(Mp4Boxes, AreNotFooledByHostileSizes) {
  const std::string index = box("moov", 10);
  for (const std::uint64_t size : {2ULL, 7ULL, 9ULL, 0x7fffffffULL, 0xffffffffULL}) {
    EXPECT_FALSE(is_whole(index + bytes_of(size, 4) + "mdat")) << size;
  }
  for (const std::uint64_t size : {0ULL, 1ULL, 7ULL, 17ULL, 0x7fffffffffffffffULL,
                                   0x8000000000000000ULL, 0xffffffffffffffffULL}) {
    EXPECT_FALSE(is_whole(index + bytes_of(1, 4) + "mdat" + bytes_of(size, 8))) << size;
  }
  EXPECT_FALSE(is_whole(index + bytes_of(1, 4) + "mdat"));
}

TEST_F(Mp4Boxes, EndTheWalkOverEndlesslyManyBoxes) {
  std::string many = box("moov", 0) + box("mdat", 0);
  for (int i = 0; i < 150000; ++i) many += box("free", 0);
  EXPECT_FALSE(is_whole(many));
}

// Tables that promise more than they have, and sums that do not fit 64 bits.
TEST_F(Mp4Boxes, EndTheWalkOverHostileTables) {
  const std::string huge = test::mp4_number(0xffffffffU, 4);
  const std::string zero = test::mp4_number(0, 4);
  const std::string one = test::mp4_number(1, 4);
  const std::string sizes[] = {test::mp4_box("stsz", zero + huge + huge),
                               test::mp4_box("stsz", zero + zero + huge),
                               test::mp4_box("stz2", zero + test::mp4_number(3, 4) + huge),
                               test::mp4_box("stz2", zero + test::mp4_number(4, 4) + huge)};
  const std::string offsets[] = {test::mp4_box("co64", zero + huge + std::string(64, '\xff')),
                                 test::mp4_box("stco", zero + huge + std::string(64, '\0')),
                                 test::mp4_box("stco", "")};
  const std::string runs[] = {test::mp4_box("stsc", zero + one + one + huge + one),
                              test::mp4_box("stsc", zero + huge + huge + huge + huge),
                              test::mp4_box("stsc", zero + zero)};
  for (const std::string& size : sizes) {
    for (const std::string& offset : offsets) {
      for (const std::string& run : runs) {
        const std::string trak = test::mp4_box(
            "trak", test::mp4_box(
                        "mdia", test::mp4_box("minf", test::mp4_box("stbl", size + offset + run))));
        (void)state(test::mp4_box("moov", trak) + box("mdat", 10));
        (void)state(test::mp4_box("moov", trak) + test::mp4_number(0, 4) + "mdat");
      }
    }
  }
}

TEST(Mp4Head, IsToldFromAnErrorPage) {
  EXPECT_TRUE(begins_like_mp4(test::fake_mp4().substr(0, kMp4HeadBytes)));
  for (const char* type : {"ftyp", "moov", "mdat", "free", "skip", "wide", "styp", "pdin", "meta",
                           "moof", "sidx", "uuid", "emsg"}) {
    EXPECT_TRUE(begins_like_mp4(box(type, 10))) << type;
  }
  for (const std::string head : {"", "<html>", "<!DOCTYPE html>", "{\"error\":1}", "\x1f\x8b\x08",
                                 "RIFF....WEBP", "\x1a\x45\xdf\xa3....", "1234ftyq"}) {
    EXPECT_FALSE(begins_like_mp4(head)) << head;
  }
}

}  // namespace
}  // namespace klingtext
