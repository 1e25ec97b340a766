// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens when the disk is full just when the id arrives. The kernel's limit on the size of a
// file stands in for the disk: it stops new bytes and leaves those alone that are there.
#include <signal.h>
#include <sys/resource.h>

#include "store/clip_file.h"
#include "store/journal.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

using test::key_of;

// No file may grow beyond `bytes` while this lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

class FullDiskTest : public test::StoreFixture {};

Entry intent() {
  Entry entry;
  entry.key = key_of('a');
  entry.service = "https://api.aimlapi.com/v2";
  entry.request = R"({"prompt":"raccoon"})";
  return entry;
}

TEST_F(FullDiskTest, CreatesNoEntryAndLeavesNothingBehind) {
  Result<std::optional<Entry>> created = Stopped{};
  {
    const FullDisk full(100);
    created = Journal(store_).create(intent(), std::nullopt);
  }
  EXPECT_TRUE(created.failed());
  EXPECT_TRUE(store_->list("")->size() == 1 && std::filesystem::is_empty(file("drafts")));
}

TEST_F(FullDiskTest, StillHasRoomForTheIdInTheEntryItself) {
  const Journal journal(store_);
  const Entry created = **journal.create(intent(), std::nullopt);
  const std::string id = "uuid:klingai/video-v2-6-pro-text-to-video";
  const auto size = std::filesystem::file_size(file(key_of('a') + ".json"));
  Result<Entry> changed = Stopped{};
  {
    const FullDisk full(size);  // a second file with its own room to spare does not fit
    changed = journal.change(created, [&](Entry& entry) {
      entry.state = EntryState::accepted;
      entry.generation_id = id;
    });
  }
  ASSERT_TRUE(changed.ok()) << changed.error().message;
  const auto found = journal.find(key_of('a'));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->generation_id, id);
  EXPECT_TRUE(std::filesystem::is_empty(file("drafts")));
}

TEST_F(FullDiskTest, SaysThatTheEntryCannotBeWrittenWhereTheRoomIsTooSmall) {
  const Journal journal(store_);
  const Entry created = **journal.create(intent(), std::nullopt);
  Result<Entry> changed = Stopped{};
  {
    const FullDisk full(1000);
    changed =
        journal.change(created, [](Entry& entry) { entry.generation_id = std::string(5000, 'i'); });
  }
  EXPECT_TRUE(changed.failed());
  EXPECT_TRUE(journal.find(key_of('a')).ok()) << "the old entry is as it was";
}

TEST_F(FullDiskTest, FailsTheClipsWriteWithAnError) {
  auto part = ClipFile::open_part(store_, key_of('a'));
  ASSERT_TRUE(part.ok());
  ASSERT_TRUE((*part)->restart(Pin{10000, "\"v\""}).ok());
  Outcome written = Done{};
  {
    const FullDisk full(5000);
    written = (*part)->write(std::string(10000, 'x'), 0);
  }
  EXPECT_TRUE(written.failed());
}

}  // namespace
}  // namespace klingtext
