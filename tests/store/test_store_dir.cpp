// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/environment.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::get;
using test::put;

class StoreDirTest : public test::StoreFixture {
 protected:
  void expect_refused(const std::string& folder, const std::string& why) {
    const auto opened = StoreDir::open(folder);
    ASSERT_TRUE(opened.failed()) << folder;
    EXPECT_EQ(opened.error().kind, ErrorKind::store);
    EXPECT_NE(opened.error().message.find(why), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find(folder), std::string::npos) << opened.error().message;
  }
};

unsigned mode_of(const std::string& path) {
  struct stat info {};
  stat(path.c_str(), &info);
  return info.st_mode & 07777U;
}

TEST_F(StoreDirTest, IsMadeForItsOwnerOnlyWithItsParents) {
  const std::string deep = dir_.file("a/b/store");
  ASSERT_TRUE(StoreDir::open(deep).ok());
  EXPECT_EQ(mode_of(deep), 0700U);
  EXPECT_EQ(mode_of(dir_.file("a")), 0700U);
}

TEST_F(StoreDirTest, TakesReadersAway) {
  chmod(path().c_str(), 0755);
  ASSERT_TRUE(StoreDir::open(path()).ok());
  EXPECT_EQ(mode_of(path()), 0700U);
}

TEST_F(StoreDirTest, RefusesAFolderThatOthersCanWrite) {
  for (const mode_t mode : {0770, 0707, 0777, 01777}) {
    chmod(path().c_str(), mode);
    expect_refused(path(), "chmod 700");
    EXPECT_EQ(mode_of(path()), mode) << "and leaves it as it is";
  }
}

TEST_F(StoreDirTest, RefusesALink) {
  const std::string link = dir_.file("link");
  fs::create_symlink(path(), link);
  expect_refused(link, "is a link");
  EXPECT_TRUE(StoreDir::open(link + "/").failed()) << "a slash behind it would follow it";
}

TEST_F(StoreDirTest, RefusesAFile) {
  put(dir_.file("plain"), "x");
  expect_refused(dir_.file("plain"), "Set store-dir");
}

TEST_F(StoreDirTest, RefusesAFolderOfSomebodyElse) {
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path().c_str(), 12345, 12345), 0);
    expect_refused(path(), "another user");
    ASSERT_EQ(chown(path().c_str(), 0, 0), 0);
  } else {
    expect_refused("/usr", "another user");
  }
}

TEST_F(StoreDirTest, SaysThatItCannotBeMade) {
  expect_refused("/proc/no/store", "cannot be made");
}

TEST_F(StoreDirTest, TellsAMissingFileFromAnEmptyOne) {
  const auto missing = store_->read_file("missing", 10);
  ASSERT_TRUE(missing.ok());
  EXPECT_FALSE(missing->has_value());
  put(file("empty"), "");
  const auto empty = store_->read_file("empty", 10);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(*empty, "");
}

TEST_F(StoreDirTest, ReadsNoMoreThanItsCap) {
  put(file("long"), "0123456789");
  EXPECT_EQ(*store_->read_file("long", 4), "0123");
  EXPECT_EQ(*store_->read_file("long", 10), "0123456789");
}

TEST_F(StoreDirTest, NeedsNoMoreMemoryThanTheFileHasBytes) {
  put(file("small"), "small");
  EXPECT_EQ(*store_->read_file("small", std::size_t{1} << 46), "small");
}

TEST_F(StoreDirTest, FollowsNoLinkInside) {
  put(dir_.file("outside"), "secret");
  fs::create_symlink(dir_.file("outside"), file("inside"));
  const auto read = store_->read_file("inside", 100);
  ASSERT_TRUE(read.failed());
  EXPECT_NE(read.error().message.find("has a link where a file should be: inside"),
            std::string::npos)
      << read.error().message;
  EXPECT_TRUE(store_->open_file("inside", O_RDWR | O_CREAT).failed());
  EXPECT_TRUE(store_->try_lock("inside").failed());
}

TEST_F(StoreDirTest, IsNotHeldUpByAPipe) {
  ASSERT_EQ(mkfifo(file("pipe").c_str(), 0600), 0);
  for (const int flags : {O_RDONLY, O_WRONLY, O_RDWR}) {
    EXPECT_TRUE(store_->open_file("pipe", flags).failed());
  }
  EXPECT_TRUE(store_->read_file("pipe", 10).failed());
  EXPECT_TRUE(store_->try_lock("pipe").failed());
}

TEST_F(StoreDirTest, OpensNoFolderAsAFile) {
  fs::create_directory(file("folder"));
  EXPECT_TRUE(store_->open_file("folder", O_RDONLY).failed());
}

TEST_F(StoreDirTest, ReplacesAFileWhole) {
  ASSERT_TRUE(store_->replace_file("f", "first").ok());
  ASSERT_TRUE(store_->replace_file("f", "2nd").ok());
  EXPECT_EQ(get(file("f")), "2nd");
  EXPECT_EQ(mode_of(file("f")), 0600U);
}

TEST_F(StoreDirTest, CreatesAFileOnlyOnce) {
  EXPECT_TRUE(*store_->create_file("f", "first"));
  EXPECT_FALSE(*store_->create_file("f", "second"));
  EXPECT_EQ(get(file("f")), "first");
}

TEST_F(StoreDirTest, LeavesNoDraftBehind) {
  (void)store_->create_file("f", "first");
  (void)store_->create_file("f", "second");
  (void)store_->replace_file("f", "third");
  EXPECT_TRUE(fs::is_empty(file("drafts")));
}

TEST_F(StoreDirTest, ReplacesALinkAndNotWhatItLeadsTo) {
  put(dir_.file("outside"), "untouched");
  fs::create_symlink(dir_.file("outside"), file("f"));
  ASSERT_TRUE(store_->replace_file("f", "new").ok());
  EXPECT_EQ(get(dir_.file("outside")), "untouched");
  EXPECT_EQ(get(file("f")), "new");
}

TEST_F(StoreDirTest, SaysThatItCannotWriteWhereItMayNot) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  chmod(path().c_str(), 0500);
  const auto written = store_->replace_file("f", "x");
  chmod(path().c_str(), 0700);
  ASSERT_TRUE(written.failed());
  EXPECT_EQ(written.error().kind, ErrorKind::store);
  EXPECT_NE(written.error().message.find("Make it writable"), std::string::npos);
}

TEST_F(StoreDirTest, CallsAFullDiskByItsName) {
  for (const int full : {ENOSPC, EDQUOT}) {
    const Error error = store_->error("write x", full);
    EXPECT_EQ(error.kind, ErrorKind::no_space);
    EXPECT_NE(error.message.find("Free some space"), std::string::npos);
  }
}

TEST_F(StoreDirTest, GivesALockToOneOwnerAtATimeEvenInOneProcess) {
  auto second_store = open_store();
  auto first = store_->try_lock("a.lock");
  ASSERT_TRUE(first.ok() && *first != nullptr);
  EXPECT_EQ(*store_->try_lock("a.lock"), nullptr);
  EXPECT_EQ(*second_store->try_lock("a.lock"), nullptr);
  EXPECT_NE(*store_->try_lock("b.lock"), nullptr);
  *first = nullptr;
  EXPECT_NE(*second_store->try_lock("a.lock"), nullptr);
}

TEST_F(StoreDirTest, TakesTheLockOfADeadOwner) {
  const pid_t child = fork();
  if (child == 0) {
    auto lock = store_->try_lock("a.lock");
    _exit(lock.ok() && *lock != nullptr ? 0 : 1);  // without unlocking
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_NE(*store_->try_lock("a.lock"), nullptr);
}

TEST_F(StoreDirTest, ListsNamesWithoutHiddenFilesEachTime) {
  put(file("a.mp4"), "");
  put(file("b.mp4"), "");
  put(file("c.json"), "");
  put(file(".draft.mp4"), "");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(store_->list("")->size(), 3U);
  EXPECT_TRUE(store_->list("no-such-folder")->empty());
}

TEST_F(StoreDirTest, KnowsHowMuchMayBeWritten) {
  EXPECT_GT(store_->free_space(), 0U);
}

TEST(DefaultStore, IsInTheUsersDataFolder) {
  EXPECT_TRUE(default_store_path().ends_with("/klingtext"));
  EXPECT_TRUE(default_store_path().starts_with("/"));
}

TEST(DefaultStore, TakesARelativeHomeAsUnset) {
  const test::ScopedEnvironment data("XDG_DATA_HOME", "data");
  {
    const test::ScopedEnvironment home("HOME", "/somewhere");
    EXPECT_EQ(default_store_path(), "/somewhere/.local/share/klingtext");
  }
  for (const char* relative : {"", "home", "./home"}) {
    const test::ScopedEnvironment home("HOME", relative);
    const std::string path = default_store_path();
    EXPECT_TRUE(path.empty() || path.starts_with("/")) << path;
  }
}

}  // namespace
}  // namespace klingtext
