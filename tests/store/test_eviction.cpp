// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <set>

#include "store/clip_file.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::key_of;

class Eviction : public test::StoreFixture {
 protected:
  // 1000 bytes, last used so many seconds after the beginning of time.
  void put_clip(char digit, time_t used) {
    const std::string clip = file(clip_name(key_of(digit)));
    test::put(clip, std::string(1000, digit));
    const timespec times[2] = {{used, 0}, {0, UTIME_OMIT}};
    ASSERT_EQ(utimensat(AT_FDCWD, clip.c_str(), times, 0), 0);
  }
  std::string left() const {
    std::set<char> digits;
    const auto names = store_->list("");
    for (const auto& name : *names) {
      if (name.ends_with(".mp4")) digits.insert(name.front());
    }
    return {digits.begin(), digits.end()};
  }

  Journal journal_{store_};
};

TEST_F(Eviction, DeletesTheLeastRecentlyUsedUntilItFits) {
  put_clip('a', 400);
  put_clip('b', 100);
  put_clip('c', 300);
  put_clip('d', 200);
  evict_clips(*store_, journal_, 2000, key_of('x'));
  EXPECT_EQ(left(), "ac");
}

TEST_F(Eviction, DeletesNothingThatFits) {
  put_clip('a', 1);
  put_clip('b', 2);
  evict_clips(*store_, journal_, 2000, key_of('x'));
  EXPECT_EQ(left(), "ab");
}

TEST_F(Eviction, KeepsTheClipItIsFor) {
  put_clip('a', 1);
  put_clip('b', 2);
  evict_clips(*store_, journal_, 1, key_of('a'));
  EXPECT_EQ(left(), "a");
}

TEST_F(Eviction, KeepsAClipThatIsRead) {
  put_clip('a', 1);
  put_clip('b', 2);
  put_clip('c', 3);
  const UniqueFd reader(open(file(clip_name(key_of('a'))).c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(flock(reader.get(), LOCK_SH | LOCK_NB), 0);
  evict_clips(*store_, journal_, 2000, key_of('x'));
  EXPECT_EQ(left(), "ac");
}

TEST_F(Eviction, TouchesNoEntryAndNoGrowingClip) {
  put_clip('a', 1);
  Entry entry;
  entry.key = key_of('a');
  entry.service = "https://service.example";
  entry.state = EntryState::completed;
  test::put(file(key_of('a') + ".json"), to_json(entry));
  test::put(file(key_of('b') + ".part"), std::string(5000, ' '));
  evict_clips(*store_, journal_, 0, key_of('x'));
  EXPECT_EQ(left(), "");
  EXPECT_TRUE(fs::exists(file(key_of('a') + ".json")));
  EXPECT_TRUE(fs::exists(file(key_of('b') + ".part")));
}

// The entry may be the only trace of a paid generation, and the clip could not be fetched again.
TEST_F(Eviction, KeepsTheClipOfAnEntryThatCannotBeRead) {
  put_clip('a', 1);
  test::put(file(key_of('a') + ".json"), std::string(5000, ' '));
  evict_clips(*store_, journal_, 0, key_of('x'));
  EXPECT_EQ(left(), "a");
}

TEST_F(Eviction, FollowsNoLink) {
  test::put(dir_.file("outside"), std::string(5000, 'x'));
  fs::create_symlink(dir_.file("outside"), file(clip_name(key_of('a'))));
  evict_clips(*store_, journal_, 0, key_of('x'));
  EXPECT_TRUE(fs::exists(dir_.file("outside")));
}

TEST_F(Eviction, CountsOpeningAClipAsUsingIt) {
  auto part = ClipFile::open_part(store_, key_of('a'));
  ASSERT_TRUE((*part)->restart(Pin{1000, "\"v\""}).ok());
  ASSERT_TRUE((*part)->write(std::string(1000, 'a'), 0).ok());
  Entry entry;
  entry.key = key_of('a');
  entry.clip = *(*part)->seal(1000);
  ASSERT_TRUE((*part)->publish().ok());
  part = std::shared_ptr<ClipFile>();
  const timespec long_ago[2] = {{1, 0}, {0, UTIME_OMIT}};
  utimensat(AT_FDCWD, file(clip_name(key_of('a'))).c_str(), long_ago, 0);
  put_clip('b', 1000);
  { ASSERT_NE(*ClipFile::open_finished(*store_, entry), nullptr); }
  evict_clips(*store_, journal_, 1000, key_of('x'));
  EXPECT_EQ(left(), "a");
}

}  // namespace
}  // namespace klingtext
