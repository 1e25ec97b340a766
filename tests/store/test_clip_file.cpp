// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip_file.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "support/fake_mp4.h"
#include "support/sampled_mp4.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::get;
using test::key_of;
using test::put;

constexpr std::uint64_t kSize = 1000;

class ClipFileTest : public test::StoreFixture {
 protected:
  std::shared_ptr<ClipFile> open_part() {
    auto part = ClipFile::open_part(open_store(), key_);
    EXPECT_TRUE(part.ok());
    return part.ok() ? *part : nullptr;
  }
  std::shared_ptr<ClipFile> begun_part() {
    auto part = open_part();
    EXPECT_TRUE(part->restart(Pin{kSize, "\"etag\""}).ok());
    return part;
  }
  void write(ClipFile& part, std::uint64_t begin, std::uint64_t end) {
    EXPECT_TRUE(part.write(std::string_view(whole_).substr(begin, end - begin), begin).ok());
  }
  // A finished clip, and its entry.
  Entry finish() {
    auto part = begun_part();
    write(*part, 0, kSize);
    Entry entry;
    entry.key = key_;
    entry.clip = *part->seal(kSize);
    EXPECT_TRUE(part->publish().ok());
    return entry;
  }
  std::shared_ptr<ClipFile> open_finished(const Entry& entry) {
    auto finished = ClipFile::open_finished(*store_, entry);
    EXPECT_TRUE(finished.ok());
    return finished.ok() ? *finished : nullptr;
  }
  std::string part_file() const { return file(key_ + ".part"); }
  std::string log_file() const { return file(key_ + ".part.log"); }
  std::string clip_file() const { return file(key_ + ".mp4"); }

  std::string key_ = key_of('a');
  std::string whole_ = test::fake_mp4({.size = kSize});
};

TEST_F(ClipFileTest, IsEmptyWhenItBegins) {
  const auto part = open_part();
  EXPECT_TRUE(part->found().empty());
  EXPECT_FALSE(part->found_pin());
}

TEST_F(ClipFileTest, FindsWhatAnEarlierRunLeft) {
  {
    auto part = begun_part();
    write(*part, 0, 100);
    write(*part, 500, 700);
    write(*part, 100, 200);
  }
  const auto part = open_part();
  ASSERT_TRUE(part->found_pin());
  EXPECT_EQ(part->found_pin()->length, kSize);
  EXPECT_EQ(part->found_pin()->validator, "\"etag\"");
  EXPECT_EQ(part->found().ranges(), (std::map<std::uint64_t, std::uint64_t>{{0, 200}, {500, 700}}));
  std::string bytes(200, '?');
  EXPECT_EQ(part->read(bytes.data(), 200, 500), 200);
  EXPECT_EQ(bytes, whole_.substr(500, 200));
}

TEST_F(ClipFileTest, FindsWhatAKilledWriterLeft) {
  const pid_t child = fork();
  if (child == 0) {
    auto part = begun_part();
    write(*part, 0, 300);
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(open_part()->found().reach(0), 300U);
}

TEST_F(ClipFileTest, DoesNotCountBytesBeyondTheFile) {
  {
    auto part = begun_part();
    write(*part, 0, 100);
    write(*part, 200, 900);
  }
  fs::resize_file(part_file(), 500);
  EXPECT_EQ(open_part()->found().reach(0), 100U);
}

TEST_F(ClipFileTest, StartsOverWhereTheLogCannotBeRead) {
  for (const char* head : {"", "garbage\n0 100\n", "{}\n0 100\n", "[]\n",
                           "{\"version\":1,\"length\":-5,\"boot\":\"x\"}\n0 100\n",
                           "{\"version\":1,\"length\":1000,\"boot\":\"another boot\"}\n0 100\n"}) {
    put(part_file(), whole_);
    put(log_file(), head);
    EXPECT_TRUE(open_part()->found().empty()) << head;
    EXPECT_EQ(fs::file_size(part_file()), 0U) << head;
  }
}

TEST_F(ClipFileTest, BeginsAnewWithoutOldBytes) {
  auto part = begun_part();
  write(*part, 0, 900);
  ASSERT_TRUE(part->restart(Pin{500, "\"other\""}).ok());
  write(*part, 0, 50);
  part.reset();
  const auto again = open_part();
  EXPECT_EQ(again->found_pin()->length, 500U);
  EXPECT_EQ(again->found().bytes(), 50U);
}

TEST_F(ClipFileTest, ForgetsItsProgressButNotItsBytes) {
  auto part = begun_part();
  write(*part, 0, 900);
  part->forget_progress();
  std::string bytes(900, '?');
  EXPECT_EQ(part->read(bytes.data(), 900, 0), 900);
  EXPECT_EQ(bytes, whole_.substr(0, 900));
  part.reset();
  EXPECT_TRUE(open_part()->found().empty());
}

TEST_F(ClipFileTest, NotesNothingOfAFileWithoutALength) {
  auto part = open_part();
  ASSERT_TRUE(part->restart(std::nullopt).ok());
  ASSERT_TRUE(part->write(whole_, 0).ok());
  part.reset();
  EXPECT_TRUE(open_part()->found().empty());
}

TEST_F(ClipFileTest, GivesASecondFillerAFileOfItsOwnWithoutAName) {
  auto first = begun_part();
  write(*first, 0, 100);
  auto second = begun_part();
  EXPECT_TRUE(second->found().empty());
  ASSERT_TRUE(second->write(std::string(kSize, 'z'), 0).ok());
  std::string bytes(100, '?');
  EXPECT_EQ(first->read(bytes.data(), 100, 0), 100);
  EXPECT_EQ(bytes, whole_.substr(0, 100));
  EXPECT_EQ(std::distance(fs::directory_iterator(path()), {}), 2) << "only the .part and its log";
}

TEST_F(ClipFileTest, LetsTheFirstToFinishNameTheClip) {
  auto first = begun_part();
  auto second = begun_part();
  write(*first, 0, 500);
  write(*second, 0, kSize);
  ASSERT_TRUE(second->seal(kSize).ok());
  ASSERT_TRUE(second->publish().ok());
  EXPECT_EQ(get(clip_file()), whole_);
  write(*first, 500, kSize);
  ASSERT_TRUE(first->seal(kSize).ok());
  ASSERT_TRUE(first->publish().ok());
  EXPECT_EQ(get(clip_file()), whole_);
  EXPECT_FALSE(fs::exists(part_file()));
  EXPECT_FALSE(fs::exists(log_file()));
}

TEST_F(ClipFileTest, ReplacesADamagedClipFromAFileWithoutAName) {
  put(clip_file(), "damaged");
  auto first = begun_part();
  auto second = begun_part();
  write(*second, 0, kSize);
  Entry entry;
  entry.key = key_;
  entry.clip = *second->seal(kSize);
  ASSERT_TRUE(second->publish().ok());
  EXPECT_NE(open_finished(entry), nullptr);
}

TEST_F(ClipFileTest, ServesAFinishedClip) {
  const Entry entry = finish();
  EXPECT_FALSE(fs::exists(part_file()));
  EXPECT_FALSE(fs::exists(log_file()));
  const auto file = open_finished(entry);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->found_pin()->length, kSize);
  EXPECT_EQ(get(clip_file()), whole_);
}

TEST_F(ClipFileTest, SealsWithTheChecksumOfAllBytesInWhateverOrderTheyCame) {
  auto part = begun_part();
  write(*part, 600, kSize);
  write(*part, 0, 300);
  part.reset();
  part = open_part();
  write(*part, 300, 600);
  Checksum sum;
  sum.add(whole_);
  EXPECT_EQ(part->seal(kSize)->checksum, sum.text());
}

TEST_F(ClipFileTest, SealsWithTheChecksumOfAllBytes) {
  const Entry entry = finish();
  EXPECT_EQ(entry.clip->length, kSize);
  Checksum sum;
  sum.add(whole_);
  EXPECT_EQ(entry.clip->checksum, sum.text());
  struct stat info {};
  stat(clip_file().c_str(), &info);
  EXPECT_EQ(entry.clip->modified,
            static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000000000 + info.st_mtim.tv_nsec);
}

TEST_F(ClipFileTest, SealsNoFileOfAnotherLength) {
  auto part = begun_part();
  write(*part, 0, 900);
  EXPECT_TRUE(part->seal(kSize).failed());
}

TEST_F(ClipFileTest, FindsNoFinishedClipWhereThereIsNoneOrNobodyRecordedIt) {
  Entry entry = finish();
  const auto clip = std::exchange(entry.clip, std::nullopt);
  EXPECT_EQ(open_finished(entry), nullptr);
  entry.clip = clip;
  fs::remove(clip_file());
  EXPECT_EQ(open_finished(entry), nullptr);
}

TEST_F(ClipFileTest, NoticesATruncatedAndALongerClip) {
  const Entry entry = finish();
  fs::resize_file(clip_file(), kSize - 1);
  EXPECT_EQ(open_finished(entry), nullptr);
  fs::resize_file(clip_file(), kSize + 1);
  EXPECT_EQ(open_finished(entry), nullptr);
}

TEST_F(ClipFileTest, NoticesAChangedClip) {
  const Entry entry = finish();
  std::string bent = whole_;
  bent[500] ^= 1;
  put(clip_file(), bent);
  EXPECT_EQ(open_finished(entry), nullptr);
}

// Older versions kept a cut clip of a server that says no length, and recorded its own checksum.
TEST_F(ClipFileTest, NoticesACutClipWhoseEntryDoesNotSayThatItIsWhole) {
  const std::string whole = test::fragmented_mp4({.fragments = 8, .has_segment_index = true});
  const std::string cut = whole.substr(0, whole.size() - 100);
  for (const bool is_cut : {true, false}) {
    const std::string& bytes = is_cut ? cut : whole;
    auto part = open_part();
    ASSERT_TRUE(part->restart(std::nullopt).ok());
    ASSERT_TRUE(part->write(bytes, 0).ok());
    Entry entry;
    entry.key = key_;
    entry.clip = *part->seal(bytes.size());
    ASSERT_TRUE(part->publish().ok());
    EXPECT_NE(open_finished(entry), nullptr);
    entry.clip->whole = false;
    EXPECT_EQ(open_finished(entry) == nullptr, is_cut);
  }
}

TEST_F(ClipFileTest, TakesACopyWithAnotherTime) {
  const Entry entry = finish();
  fs::last_write_time(clip_file(), fs::file_time_type::clock::now() - std::chrono::hours(48));
  EXPECT_NE(open_finished(entry), nullptr);
}

TEST_F(ClipFileTest, FollowsNoLinkInPlaceOfTheClip) {
  const Entry entry = finish();
  fs::rename(clip_file(), dir_.file("elsewhere"));
  fs::create_symlink(dir_.file("elsewhere"), clip_file());
  EXPECT_TRUE(ClipFile::open_finished(*store_, entry).failed());
}

}  // namespace
}  // namespace klingtext
