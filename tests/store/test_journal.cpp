// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/journal.h"

#include "store/hooked_files.h"
#include "store/purchase.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::get;
using test::key_of;
using test::put;

Entry intent(char digit) {
  Entry entry;
  entry.key = key_of(digit);
  entry.service = "https://api.aimlapi.com/v2";
  entry.request = R"({"prompt":"raccoon"})";
  entry.client_request_id = "klingtext-1";
  return entry;
}

class JournalTest : public test::StoreFixture {
 protected:
  bool created(char digit) const {
    const auto result = journal_.create(intent(digit), std::nullopt);
    return result.ok() && *result;
  }
  std::string entry_file(char digit) const { return file(key_of(digit) + ".json"); }
  Journal journal_{store_};
};

TEST_F(JournalTest, FindsNothingWhereNothingWasWritten) {
  const auto found = journal_.find(key_of('a'));
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->has_value());
}

TEST_F(JournalTest, FindsWhatWasCreatedAndChanged) {
  const auto created = journal_.create(intent('a'), std::nullopt);
  ASSERT_TRUE(created.ok() && *created);
  EXPECT_EQ((*journal_.find(key_of('a')))->state, EntryState::intent);
  const auto changed = journal_.change(**created, [](Entry& entry) {
    entry.state = EntryState::accepted;
    entry.generation_id = "id:1";
  });
  ASSERT_TRUE(changed.ok());
  const auto found = Journal(open_store()).find(key_of('a'));
  EXPECT_EQ((*found)->state, EntryState::accepted);
  EXPECT_EQ((*found)->generation_id, "id:1");
}

TEST_F(JournalTest, CreatesAnEntryOnlyOnce) {
  ASSERT_TRUE(created('a'));
  Entry second = intent('a');
  second.client_request_id = "klingtext-2";
  const auto again = journal_.create(second, std::nullopt);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(*again);
  EXPECT_EQ((*journal_.find(key_of('a')))->client_request_id, "klingtext-1");
}

TEST_F(JournalTest, LeavesRoomForTheIdInTheIntent) {
  ASSERT_TRUE(created('a'));
  Entry accepted = intent('a');
  accepted.state = EntryState::accepted;
  accepted.generation_id = std::string(500, 'i');
  accepted.cost = {1400000, 0.7};
  EXPECT_GE(fs::file_size(entry_file('a')), to_json(accepted).size());
}

TEST_F(JournalTest, TakesADamagedEntryForAnErrorAndNotForAnAbsence) {
  for (const char* damage : {"", "{", "<html>", "{\"state\":\"accepted\"}"}) {
    put(entry_file('a'), damage);
    const auto found = journal_.find(key_of('a'));
    ASSERT_TRUE(found.failed()) << damage;
    EXPECT_EQ(found.error().kind, ErrorKind::store);
    EXPECT_NE(found.error().message.find(entry_file('a')), std::string::npos);
    EXPECT_NE(found.error().message.find("forget --force"), std::string::npos);
  }
}

TEST_F(JournalTest, BelievesNoEntryUnderAnotherKeysName) {
  ASSERT_TRUE(created('a'));
  fs::copy_file(entry_file('a'), entry_file('b'));
  EXPECT_TRUE(journal_.find(key_of('b')).failed());
}

TEST_F(JournalTest, ListsReadableEntriesAndNamesTheOthers) {
  ASSERT_TRUE(created('a'));
  ASSERT_TRUE(created('b'));
  put(entry_file('c'), "damaged");
  put(file("history.json"), "{}");
  const auto contents = journal_.read_all();
  ASSERT_TRUE(contents.ok());
  EXPECT_EQ(contents->entries.size(), 2U);
  EXPECT_EQ(contents->damaged, std::vector<std::string>{key_of('c') + ".json"});
}

TEST_F(JournalTest, TellsAFileThatCannotBeReadFromADamagedOne) {
  ASSERT_TRUE(created('a'));
  ASSERT_TRUE(created('b'));
  const auto files = std::make_shared<test::HookedFiles>(store_);
  files->on_read = [this](const std::string& name) -> Outcome {
    if (name.starts_with(key_of('b'))) return store_->read_error("read " + name, EIO);
    return Done{};
  };
  const auto contents = Journal(files).read_all();
  ASSERT_TRUE(contents.ok());
  EXPECT_EQ(contents->entries.size(), 1U);
  EXPECT_TRUE(contents->damaged.empty());
  ASSERT_EQ(contents->unread.size(), 1U);
  EXPECT_EQ(contents->unread[0].file, key_of('b') + ".json");
  const std::string& said = contents->unread[0].error.message;
  EXPECT_NE(said.find("Run this again when it can be read"), std::string::npos) << said;
  EXPECT_EQ(said.find("emove"), std::string::npos) << said;
  EXPECT_TRUE(Journal(files).complete_ledger().failed());
}

TEST_F(JournalTest, FindsAGenerationOfOneServiceById) {
  Entry entry = intent('a');
  entry.generation_id = "id:1";
  ASSERT_TRUE(journal_.create(entry, std::nullopt).ok());
  EXPECT_EQ((*journal_.find_generation(entry.service, "id:1"))->key, key_of('a'));
  EXPECT_FALSE(journal_.find_generation(entry.service, "id:2")->has_value());
  EXPECT_FALSE(journal_.find_generation("rehearsal", "id:1")->has_value());
}

TEST_F(JournalTest, FindsTheEntryThatBoughtAGenerationFirst) {
  for (const char letter : {'a', 'b', 'c'}) {
    Entry entry = intent(letter);
    entry.state = EntryState::accepted;
    entry.generation_id = "id:1";
    if (letter != 'b') entry.client_request_id.clear();
    ASSERT_TRUE(journal_.create(entry, std::nullopt).ok());
  }
  EXPECT_EQ((*journal_.find_generation(intent('a').service, "id:1"))->key, key_of('b'));
}

TEST_F(JournalTest, LetsAFailureWithoutAGenerationBeFoundOnly) {
  auto entry = journal_.change(**journal_.create(intent('a'), std::nullopt),
                               [](Entry& now) { now.state = EntryState::error; });
  ASSERT_TRUE(entry.ok());
  for (const EntryState state :
       {EntryState::intent, EntryState::unknown, EntryState::accepted, EntryState::completed}) {
    EXPECT_TRUE(journal_.change(*entry, [&](Entry& now) { now.state = state; }).failed());
  }
  const auto find = [](Entry& now) {
    now.state = EntryState::accepted;
    now.generation_id = "id:1";
  };
  ASSERT_TRUE((entry = journal_.change(*entry, find)).ok());
  entry = journal_.change(*entry, [](Entry& now) { now.state = EntryState::error; });
  ASSERT_TRUE(entry.ok());
  EXPECT_TRUE(journal_.change(*entry, find).failed()) << "the service itself said that it failed";
}

TEST_F(JournalTest, ForgetsAnEntry) {
  ASSERT_TRUE(created('a'));
  ASSERT_TRUE(journal_.forget(key_of('a')).ok());
  EXPECT_FALSE(journal_.find(key_of('a'))->has_value());
  EXPECT_TRUE(created('a'));
}

TEST_F(JournalTest, GivesTheLockOfAKeyToOneAtATime) {
  const auto lock = journal_.try_lock(key_of('a'));
  ASSERT_TRUE(lock.ok() && *lock != nullptr);
  EXPECT_EQ(*Journal(open_store()).try_lock(key_of('a')), nullptr);
  EXPECT_NE(*journal_.try_lock(key_of('b')), nullptr);
}

TEST_F(JournalTest, GivesAResubmissionAFileOfItsOwn) {
  const auto first = *journal_.create(intent('a'), std::nullopt);
  Entry second = intent('a');
  second.client_request_id = "klingtext-2";
  const auto created = journal_.create(second, first);
  ASSERT_TRUE(created.ok() && *created);
  EXPECT_NE((*created)->file, first->file);
  EXPECT_EQ((*journal_.find(key_of('a')))->client_request_id, "klingtext-2");
  EXPECT_EQ(journal_.read_all()->entries.size(), 1U);
  Entry third = intent('a');
  third.client_request_id = "klingtext-3";
  EXPECT_FALSE(*journal_.create(third, first)) << "the right was taken";
  ASSERT_TRUE(journal_.forget(key_of('a')).ok());
  EXPECT_FALSE(journal_.find(key_of('a'))->has_value());
}

// The process ends before one of the removals; what is left is every time a state that was there
// before a resubmission.
TEST_F(JournalTest, LeavesNoEntryBehindWithoutItsPredecessorsWhenForgettingIsCutShort) {
  constexpr unsigned kChain = 4;
  for (unsigned removals = 0; removals < kChain; ++removals) {
    std::optional<Entry> last;
    for (unsigned i = 0; i < kChain; ++i) {
      Entry one = intent('a');
      one.client_request_id = "klingtext-" + std::to_string(i);
      last = *journal_.create(one, last);
    }
    const auto files = std::make_shared<test::HookedFiles>(store_);
    unsigned left = removals;
    files->on_remove = [&](const std::string& name) -> Outcome {
      if (left == 0) return store_->error("remove " + name, EIO);
      --left;
      return Done{};
    };
    EXPECT_TRUE(Journal(files).forget(key_of('a')).failed());
    const auto found = journal_.find(key_of('a'));
    ASSERT_TRUE(found.ok() && *found);
    EXPECT_EQ((*found)->client_request_id, "klingtext-" + std::to_string(kChain - 1 - removals));
    EXPECT_TRUE(journal_.read_all()->unread.empty());
    ASSERT_TRUE(journal_.forget(key_of('a')).ok());
    EXPECT_TRUE(journal_.read_all()->entries.empty());
  }
}

TEST_F(JournalTest, FindsTheGenerationOfAnEntryWhosePredecessorIsMissing) {
  const auto first = *journal_.create(intent('a'), std::nullopt);
  Entry second = intent('a');
  second.client_request_id = "klingtext-2";
  second.state = EntryState::accepted;
  second.generation_id = "id:2";
  second.seconds = 5;
  ASSERT_TRUE(*journal_.create(second, first));
  fs::remove(entry_file('a'));
  const auto contents = journal_.read_all();
  ASSERT_TRUE(contents.ok());
  ASSERT_EQ(contents->unread.size(), 1U);
  const std::string& said = contents->unread[0].error.message;
  EXPECT_NE(said.find("generation-id=id:2"), std::string::npos) << said;
  EXPECT_EQ((*journal_.find_generation(second.service, "id:2"))->client_request_id, "klingtext-2");
  ASSERT_TRUE(journal_.complete_ledger().ok());
  EXPECT_EQ(journal_.ledger().read_since(0)->size(), 1U) << "its seconds count";
  ASSERT_TRUE(journal_.forget(key_of('a')).ok());
  EXPECT_TRUE(journal_.read_all()->unread.empty());
}

TEST_F(JournalTest, RefusesToChangeAnEntryOfAnotherSubmission) {
  const auto first = **journal_.create(intent('a'), std::nullopt);
  Entry other = first;
  other.client_request_id = "klingtext-2";
  EXPECT_TRUE(journal_.change(other, [](Entry& entry) { entry.cost = {1, 1}; }).failed());
  const auto accepted = journal_.change(first, [](Entry& entry) {
    entry.state = EntryState::accepted;
    entry.generation_id = "id:1";
  });
  ASSERT_TRUE(accepted.ok());
  EXPECT_TRUE(
      journal_.change(*accepted, [](Entry& entry) { entry.generation_id = "id:2"; }).failed());
}

TEST_F(JournalTest, KeepsACompletedGenerationCompleted) {
  const auto first = **journal_.create(intent('a'), std::nullopt);
  auto entry = journal_.change(first, [](Entry& now) {
    now.state = EntryState::accepted;
    now.generation_id = "id:1";
  });
  entry = journal_.change(*entry, [](Entry& now) { now.state = EntryState::completed; });
  ASSERT_TRUE(entry.ok());
  for (const EntryState state :
       {EntryState::intent, EntryState::unknown, EntryState::accepted, EntryState::error}) {
    EXPECT_TRUE(journal_.change(*entry, [&](Entry& now) { now.state = state; }).failed());
  }
  EXPECT_EQ((*journal_.find(key_of('a')))->state, EntryState::completed);
}

TEST_F(JournalTest, RefusesAnEntryThatCouldNotBeReadBack) {
  Entry large = intent('a');
  large.request = R"({"prompt":")" + std::string(2 << 20, 'x') + R"("})";
  const auto created = journal_.create(large, std::nullopt);
  ASSERT_TRUE(created.failed());
  EXPECT_EQ(created.error().kind, ErrorKind::settings);
  EXPECT_FALSE(journal_.find(key_of('a'))->has_value());
}

TEST_F(JournalTest, FollowsNoLinkInPlaceOfAnEntry) {
  put(dir_.file("outside"), to_json(intent('a')));
  fs::create_symlink(dir_.file("outside"), entry_file('a'));
  EXPECT_TRUE(journal_.find(key_of('a')).failed());
}

// The outcome became known while the resubmission waited for its turn.
TEST_F(JournalTest, GivesUpNoOutcomeThatIsKnown) {
  Entry sent = intent('a');
  sent.seconds = 5;
  const auto created = journal_.create(sent, std::nullopt);
  ASSERT_TRUE(created.ok() && *created);
  const auto lost =
      journal_.change(**created, [](Entry& entry) { entry.state = EntryState::unknown; });
  ASSERT_TRUE(lost.ok());
  Entry again = sent;
  again.client_request_id = "klingtext-2";
  Purchase resubmission(journal_, again, *lost, DailyCap{});
  ASSERT_TRUE(journal_
                  .change(*lost,
                          [](Entry& entry) {
                            entry.state = EntryState::accepted;
                            entry.generation_id = "id:1";
                          })
                  .ok());
  EXPECT_TRUE(resubmission.reserve().stopped());
  const auto now = journal_.find(key_of('a'));
  ASSERT_TRUE(now.ok() && *now);
  EXPECT_EQ((*now)->generation_id, "id:1");
}

}  // namespace
}  // namespace klingtext
