// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/journal.h"

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
  std::string entry_file(char digit) const { return file(key_of(digit) + ".json"); }
  Journal journal_{store_};
};

TEST_F(JournalTest, FindsNothingWhereNothingWasWritten) {
  const auto found = journal_.find(key_of('a'));
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->has_value());
}

TEST_F(JournalTest, FindsWhatWasCreatedAndReplaced) {
  Entry entry = intent('a');
  ASSERT_TRUE(journal_.create(entry).ok());
  EXPECT_EQ((*journal_.find(key_of('a')))->state, EntryState::intent);
  entry.state = EntryState::accepted;
  entry.generation_id = "id:1";
  ASSERT_TRUE(journal_.replace(entry).ok());
  const auto found = Journal(open_store()).find(key_of('a'));
  EXPECT_EQ((*found)->state, EntryState::accepted);
  EXPECT_EQ((*found)->generation_id, "id:1");
}

TEST_F(JournalTest, CreatesAnEntryOnlyOnce) {
  ASSERT_TRUE(journal_.create(intent('a')).ok());
  Entry second = intent('a');
  second.client_request_id = "klingtext-2";
  const Outcome again = journal_.create(second);
  ASSERT_TRUE(again.failed());
  EXPECT_EQ(again.error().kind, ErrorKind::store);
  EXPECT_EQ((*journal_.find(key_of('a')))->client_request_id, "klingtext-1");
}

TEST_F(JournalTest, LeavesRoomForTheIdInTheIntent) {
  ASSERT_TRUE(journal_.create(intent('a')).ok());
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
    EXPECT_NE(found.error().message.find("move it away"), std::string::npos);
  }
}

TEST_F(JournalTest, BelievesNoEntryUnderAnotherKeysName) {
  ASSERT_TRUE(journal_.create(intent('a')).ok());
  fs::copy_file(entry_file('a'), entry_file('b'));
  EXPECT_TRUE(journal_.find(key_of('b')).failed());
}

TEST_F(JournalTest, ListsReadableEntriesAndNamesTheOthers) {
  ASSERT_TRUE(journal_.create(intent('a')).ok());
  ASSERT_TRUE(journal_.create(intent('b')).ok());
  put(entry_file('c'), "damaged");
  put(file("history.json"), "{}");
  std::vector<std::string> damaged;
  EXPECT_EQ(journal_.all(&damaged).size(), 2U);
  EXPECT_EQ(damaged, std::vector<std::string>{key_of('c') + ".json"});
}

TEST_F(JournalTest, FindsAGenerationOfOneServiceById) {
  Entry entry = intent('a');
  entry.generation_id = "id:1";
  ASSERT_TRUE(journal_.create(entry).ok());
  EXPECT_EQ((*journal_.find_generation(entry.service, "id:1"))->key, key_of('a'));
  EXPECT_FALSE(journal_.find_generation(entry.service, "id:2")->has_value());
  EXPECT_FALSE(journal_.find_generation("rehearsal", "id:1")->has_value());
}

TEST_F(JournalTest, ForgetsAnEntry) {
  ASSERT_TRUE(journal_.create(intent('a')).ok());
  journal_.forget(key_of('a'));
  EXPECT_FALSE(journal_.find(key_of('a'))->has_value());
  EXPECT_TRUE(journal_.create(intent('a')).ok());
}

TEST_F(JournalTest, GivesTheClaimOfAKeyToOneAtATime) {
  auto claim = journal_.try_claim(key_of('a'));
  ASSERT_TRUE(claim.ok() && claim->has_value());
  EXPECT_FALSE(Journal(open_store()).try_claim(key_of('a'))->has_value());
  EXPECT_TRUE(journal_.try_claim(key_of('b'))->has_value());
}

TEST_F(JournalTest, FollowsNoLinkInPlaceOfAnEntry) {
  put(dir_.file("outside"), to_json(intent('a')));
  fs::create_symlink(dir_.file("outside"), entry_file('a'));
  EXPECT_TRUE(journal_.find(key_of('a')).failed());
}

}  // namespace
}  // namespace klingtext
