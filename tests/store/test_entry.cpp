// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/entry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/store_fixture.h"

namespace klingtext {
namespace {

Entry full_entry() {
  Entry entry;
  entry.key = test::key_of('a');
  entry.service = "https://api.aimlapi.com/v2";
  entry.request =
      R"({"duration":5,"generate_audio":true,"model":"m","prompt":"Ein \"Bär\" 🦝"})";
  entry.take = 3;
  entry.seconds = 5;
  entry.state = EntryState::completed;
  entry.client_request_id = "klingtext-0123";
  entry.submitted = 1767225600;
  entry.completed = 1767225752;
  entry.generation_id = "uuid:klingai/video";
  entry.error = {"Name", "Message"};
  entry.cost = {1400000, 0.7};
  entry.clip =
      StoredClip{12345678901, "xxh128:" + std::string(32, 'f'), 1767225752123456789, false, true};
  entry.given_up = {{"klingtext-old", 1767220000, 5}, {"klingtext-older", 1767210000, 0}};
  mark_account(entry, Secret("key"));
  return entry;
}

TEST(Entry, KnowsTheChecksumOfTheFirstVersions) {
  Entry old = full_entry();
  std::string text = to_json(old);
  const std::string now = "\"checksum\" : \"xxh128:" + std::string(32, 'f');
  ASSERT_NE(text.find(now), std::string::npos) << text;
  text.replace(text.find(now), now.size(), "\"sha256\" : \"" + std::string(64, 'e'));
  const auto read = entry_from_json(text);
  ASSERT_TRUE(read && read->clip);
  EXPECT_EQ(read->clip->checksum, "sha256:" + std::string(64, 'e'));
}

TEST(Entry, ReadsBackTheSame) {
  const Entry written = full_entry();
  const auto read = entry_from_json(to_json(written));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, written.key);
  EXPECT_EQ(read->service, written.service);
  EXPECT_EQ(request_member(*read, "prompt"), "Ein \"Bär\" 🦝");
  EXPECT_EQ(request_member(*read, "model"), "m");
  EXPECT_EQ(read->take, 3U);
  EXPECT_EQ(read->seconds, 5U);
  EXPECT_EQ(read->state, EntryState::completed);
  EXPECT_EQ(read->client_request_id, written.client_request_id);
  EXPECT_EQ(read->submitted, written.submitted);
  EXPECT_EQ(read->completed, written.completed);
  EXPECT_EQ(read->generation_id, written.generation_id);
  EXPECT_EQ(read->error.name, "Name");
  EXPECT_EQ(read->error.message, "Message");
  EXPECT_EQ(read->cost.credits_used, 1400000);
  EXPECT_EQ(read->cost.usd_spent, 0.7);
  ASSERT_TRUE(read->clip);
  EXPECT_EQ(read->clip->length, 12345678901U);
  EXPECT_EQ(read->clip->checksum, written.clip->checksum);
  EXPECT_EQ(read->clip->modified, written.clip->modified);
  ASSERT_EQ(read->given_up.size(), 2U);
  EXPECT_EQ(read->given_up[0].client_request_id, "klingtext-old");
  EXPECT_EQ(read->given_up[0].submitted, 1767220000);
  EXPECT_EQ(read->given_up[0].seconds, 5U);
  EXPECT_EQ(read->account, written.account);
}

TEST(Entry, HasTheSameMembersWhenItIsWrittenAgain) {
  const std::string once = to_json(full_entry());
  const std::string twice = to_json(*entry_from_json(once));
  EXPECT_TRUE(std::is_permutation(once.begin(), once.end(), twice.begin(), twice.end())) << twice;
}

TEST(Entry, KeepsEveryState) {
  for (const EntryState state : {EntryState::intent, EntryState::unknown, EntryState::accepted,
                                 EntryState::completed, EntryState::error}) {
    Entry entry = full_entry();
    entry.state = state;
    EXPECT_EQ(entry_from_json(to_json(entry))->state, state) << name_of(state);
  }
}

TEST(Entry, IsReadableByPeople) {
  const std::string text = to_json(full_entry());
  for (const char* part : {"\"version\" : 1", "\"submitted\" : \"2026-01-01T00:00:00Z\"",
                           "\"state\" : \"completed\"", "🦝", "\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Entry, KeepsMembersOfANewerVersion) {
  std::string text = to_json(full_entry());
  text.replace(text.find("\"version\" : 1"), 13,
               "\"version\" : 2,\n  \"colour\" : {\"red\" : [1, 2.5, null, true]}");
  auto entry = entry_from_json(text);
  ASSERT_TRUE(entry);
  entry->state = EntryState::error;
  entry->clip.reset();
  const std::string updated = to_json(*entry);
  EXPECT_NE(updated.find("\"version\" : 2"), std::string::npos);
  EXPECT_NE(updated.find("\"colour\""), std::string::npos);
  EXPECT_NE(updated.find("2.5"), std::string::npos);
  EXPECT_EQ(updated.find("\"clip\""), std::string::npos);
  EXPECT_EQ(entry_from_json(updated)->state, EntryState::error);
}

TEST(Entry, DropsWhatIsNoLongerSo) {
  auto entry = entry_from_json(to_json(full_entry()));
  entry->error = {};
  entry->generation_id.clear();
  const auto again = entry_from_json(to_json(*entry));
  EXPECT_TRUE(again->error.message.empty());
  EXPECT_TRUE(again->generation_id.empty());
}

TEST(Entry, ReadsWithSpaceBehind) {
  EXPECT_TRUE(entry_from_json(to_json(full_entry()) + std::string(1000, ' ') + "\n"));
}

TEST(Entry, IsNothingWhereItIsDamaged) {
  const std::string whole = to_json(full_entry());
  for (std::size_t cut = 0; cut + 2 < whole.size(); ++cut) {
    EXPECT_FALSE(entry_from_json(whole.substr(0, cut))) << cut;
  }
  for (const char* text :
       {"", "[]", "{}", "null", R"({"state":"accepted"})", R"({"state":"accepted","key":"k"})",
        R"({"state":"sleeping","key":"k","service":"s"})",
        R"({"state":7,"key":"k","service":"s"})"}) {
    EXPECT_FALSE(entry_from_json(text)) << text;
  }
}

TEST(Entry, TakesTheRestForGrantedWhereItIsMissingOrOfAnotherType) {
  for (
      const char* text :
      {R"({"state":"accepted","key":"k","service":"s"})",
       R"({"state":"accepted","key":"k","service":"s","request":7,"take":"x","seconds":-5,)"
       R"("submitted":"yesterday","clip":[],"given_up":{"a":1},"error":"e","credits_used":"1"})"}) {
    const auto entry = entry_from_json(text);
    ASSERT_TRUE(entry) << text;
    EXPECT_EQ(entry->take, 1U);
    EXPECT_EQ(entry->seconds, 0U);
    EXPECT_EQ(entry->submitted, 0);
    EXPECT_FALSE(entry->clip);
    EXPECT_TRUE(entry->given_up.empty());
    EXPECT_EQ(request_member(*entry, "prompt"), "");
  }
}

TEST(EntryAccount, TellsAnotherKeyWithoutHoldingIt) {
  Entry entry = full_entry();
  EXPECT_TRUE(is_same_account(entry, Secret("key")));
  EXPECT_FALSE(is_same_account(entry, Secret("other")));
  EXPECT_EQ(to_json(entry).find("\"key\" : \"key\""), std::string::npos);
  const std::string before = entry.account;
  mark_account(entry, Secret("key"));
  EXPECT_NE(entry.account, before) << "salted anew";
}

TEST(EntryAccount, IsAnybodysWhereNobodyMarkedIt) {
  EXPECT_TRUE(is_same_account(Entry{}, Secret("any")));
}

// json-glib writes some numbers as it cannot read them; an entry that stands for something paid
// must not become unreadable by one.
TEST(EntryJson, StaysReadableWhateverTheNumbers) {
  for (const char* number : {"1e22", "-1e22", "1e-22", "1e96", "1e999", "-1e999", "0.1"}) {
    const std::string n = number;
    const auto entry = entry_from_json(
        R"({"state":"accepted","key":"k","service":"s","generation_id":"g","usd_spent":0.5,)"
        R"("credits_used":)" +
        n + R"(,"request":{"cfg_scale":)" + n +
        R"(,"prompt":"1e+22.0 \" inf"},"future":{"x":[1,{"y":)" + n + "}]}}");
    ASSERT_TRUE(entry) << n;
    const std::string text = to_json(*entry);
    const auto again = entry_from_json(text);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->generation_id, "g");
    EXPECT_EQ(again->cost.usd_spent, 0.5);
    EXPECT_EQ(again->cost.credits_used, entry->cost.credits_used) << text;
    EXPECT_EQ(request_member(*again, "prompt"), "1e+22.0 \" inf");
    EXPECT_NE(text.find("\"future\""), std::string::npos);
  }
}

// Escapes can spell half a character, and the end of a C string.
TEST(EntryJson, StaysReadableWhateverTheEscapes) {
  for (const char* escape : {R"(\ud83c)", R"(\udd9d)", R"(\u0000)"}) {
    const std::string text = std::string(R"("a )") + escape + R"( b")";
    const auto entry = entry_from_json(
        R"({"state":"accepted","key":"k","service":"s","generation_id":"g","submitted":)" + text +
        R"(,"request":{"prompt":)" + text + R"(,"duration":5},"future":[)" + text + "]}");
    ASSERT_TRUE(entry) << escape;
    const std::string written = to_json(*entry);
    const auto again = entry_from_json(written);
    ASSERT_TRUE(again) << written;
    EXPECT_EQ(again->generation_id, "g");
    EXPECT_EQ(request_member(*again, "prompt").substr(0, 2), "a ");
    EXPECT_NE(written.find("\"future\""), std::string::npos);
  }
}

}  // namespace
}  // namespace klingtext
