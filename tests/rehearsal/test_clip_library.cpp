// SPDX-License-Identifier: LGPL-2.1-or-later
// --clips DIR: the user's own MP4s in place of slates.
#include "rehearsal/clip_library.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::testing {
namespace {

using rehearsal::ClipLibrary;

class Library : public ::testing::Test {
 protected:
  void put(const std::string& name) { std::ofstream(dir_.path() / name) << "bytes of " << name; }
  std::string chosen(const std::string& prompt, unsigned take = 1) {
    const auto library = ClipLibrary::open(dir_.path());
    if (!library) return library.error().message;
    return (*library).choose({.model = kModel, .prompt = prompt}, take).filename().string();
  }
  // What a client gets from a service with these clips.
  std::string served(const std::string& body) {
    const Rehearsal service({.pace = 0, .clips_dir = dir_.path().string()});
    return service.get(service.generate(body)).body;
  }

  TemporaryDir dir_;
};

TEST_F(Library, AnswersWithTheUsersBytes) {
  put("mine.mp4");
  EXPECT_EQ(served(body_of("A lighthouse")), "bytes of mine.mp4");
}

TEST_F(Library, GoesByTheWordsOfTheName) {
  for (const char* name : {"raccoon.mp4", "White-Raccoon.mp4", "lighthouse.mp4", "01.mp4"})
    put(name);
  EXPECT_EQ(chosen("A lighthouse in the rain"), "lighthouse.mp4");
  EXPECT_EQ(chosen("A raccoon that is white"), "White-Raccoon.mp4");
  EXPECT_EQ(chosen("A grey raccoon"), "raccoon.mp4");
}

TEST_F(Library, PicksTheSameForTheSamePrompt) {
  for (int i = 0; i < 9; ++i) put(std::to_string(i) + ".mp4");
  EXPECT_EQ(chosen("Rain"), chosen("Rain"));
  std::set<std::string> picked;
  for (char c = 'A'; c <= 'Z'; ++c) picked.insert(chosen(std::string("Scene ") + c));
  EXPECT_GT(picked.size(), 3U);
}

TEST_F(Library, GivesEveryTakeTheNext) {
  for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) put(name);
  std::set<std::string> picked;
  for (unsigned take = 1; take <= 3; ++take) picked.insert(chosen("雨", take));
  EXPECT_EQ(picked.size(), 3U);
  EXPECT_EQ(chosen("雨", 4), chosen("雨", 1));
}

TEST_F(Library, TakesFilesOnlyThatAreMp4s) {
  for (const char* name : {"notes.txt", "mp4", "film.webm"}) put(name);
  std::filesystem::create_directory(dir_.path() / "folder.mp4");
  EXPECT_NE(chosen("Rain").find("put files there whose names end in .mp4"), std::string::npos);
  put("FILM.MP4");
  EXPECT_EQ(chosen("Rain"), "FILM.MP4");
}

TEST_F(Library, IsRefusedWithItsReason) {
  const auto library = ClipLibrary::open(dir_.path() / "nowhere");
  ASSERT_TRUE(library.failed());
  EXPECT_NE(library.error().message.find("nowhere: No such file"), std::string::npos);
}

TEST_F(Library, TellsTheClientWhenAFileIsGone) {
  put("mine.mp4");
  const Rehearsal service({.pace = 0, .clips_dir = dir_.path().string()});
  std::filesystem::remove(dir_.path() / "mine.mp4");
  const HttpReply reply = service.settle(service.submit(body_of("Rain")));
  EXPECT_EQ(member(reply.body, "$.status"), "error");
  EXPECT_NE(member(reply.body, "$.error.message").find("mine.mp4"), std::string::npos);
  EXPECT_EQ(reply.body.find(dir_.path().string()), std::string::npos);
}

}  // namespace
}  // namespace klingtext::testing
