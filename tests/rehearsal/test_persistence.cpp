// SPDX-License-Identifier: LGPL-2.1-or-later
// What outlives a service, and what two services on one directory share.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "rehearsal/rehearsal_fixture.h"
#include "rehearsal/state_dir.h"

namespace klingtext::testing {
namespace {

using rehearsal::StateDir;

TEST(Persistence, TheNthSubmissionOfOneBodyIsTakeN) {
  const TemporaryDir dir;
  const auto state = *StateDir::open(dir.path());
  EXPECT_EQ(*state->claim_take("a"), 1U);
  EXPECT_EQ(*state->claim_take("a"), 2U);
  EXPECT_EQ(*state->claim_take("b"), 1U);
  const auto other = *StateDir::open(dir.path());
  EXPECT_EQ(*other->claim_take("a"), 3U);
  EXPECT_EQ(*state->claim_take("a"), 4U);
}

TEST(Persistence, APrivateDirectoryGoesWithItsOwner) {
  auto state = *StateDir::open("");
  const auto clips = state->clip_path("x").parent_path();
  EXPECT_TRUE(std::filesystem::exists(clips));
  state.reset();
  EXPECT_FALSE(std::filesystem::exists(clips.parent_path()));
}

// Left by a killed process; what another one renders right now stays.
TEST(Persistence, WhatWasLeftHalfRenderedIsSweptUp) {
  const TemporaryDir dir;
  const auto state = *StateDir::open(dir.path());
  const auto old = state->new_clip_path();
  const auto fresh = state->new_clip_path();
  const auto clip = state->clip_path("x");
  for (const auto& file : {old, fresh, clip}) std::ofstream(file) << "bytes";
  for (const auto& file : {old, clip}) {
    std::filesystem::last_write_time(
        file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  }
  (void)*StateDir::open(dir.path());
  EXPECT_FALSE(std::filesystem::exists(old));
  EXPECT_TRUE(std::filesystem::exists(fresh));
  EXPECT_TRUE(std::filesystem::exists(clip));
}

TEST(Persistence, ADirectoryThatWentAwayIsToldOf) {
  const TemporaryDir dir;
  const auto state = *StateDir::open(dir.path());
  const auto rendered = state->new_clip_path();
  std::filesystem::remove_all(dir.path());
  EXPECT_TRUE(state->claim_take("a").failed());
  const auto kept = state->save({.id = "x"});
  ASSERT_TRUE(kept.failed());
  EXPECT_NE(kept.error().message.find("cannot keep its generation"), std::string::npos);
  const auto adopted = state->adopt_clip(rendered, "x");
  ASSERT_TRUE(adopted.failed());
  EXPECT_NE(adopted.error().message.find(state->clip_path("x").string()), std::string::npos);
  EXPECT_TRUE(state->generations().empty());
  EXPECT_TRUE(state->finished_clips().empty());
  EXPECT_TRUE(StateDir::open("/dev/null/nowhere").failed());
}

TEST(Persistence, AWaitingGenerationOutlivesTheService) {
  const TemporaryDir dir;
  const RehearsalService::Options options{.pace = 100, .state_dir = dir.path()};
  std::string id;
  {
    const Rehearsal first(options);
    id = first.submit(body_of("rain"));
  }
  const Rehearsal second(options);
  EXPECT_EQ(member(second.query(id).body, "$.status"), "queued");
}

TEST(Persistence, AFinishedClipOutlivesTheService) {
  const TemporaryDir dir;
  const RehearsalService::Options options{.pace = 0, .state_dir = dir.path()};
  std::string id;
  std::string clip;
  std::string url;
  {
    const Rehearsal first(options);
    id = first.submit(body_of("rain", R"("generate_audio":false)"));
    url = member(first.settle(id).body, "$.video.url");
    clip = first.get(url).body;
  }
  const Rehearsal second(options);
  EXPECT_EQ(second.get(url).body, clip);
  const HttpReply reply = second.query(id);
  EXPECT_EQ(member(reply.body, "$.status"), "completed");
  EXPECT_TRUE(member(reply.body, "$.video.url")
                  .starts_with(second.base_url().substr(0, second.base_url().rfind('/'))));
}

TEST(Persistence, ServicesOnOneDirectoryKnowEachOthersGenerations) {
  const TemporaryDir dir;
  const RehearsalService::Options options{.pace = 0, .state_dir = dir.path()};
  const Rehearsal one(options);
  const Rehearsal other(options);
  const std::string id = one.submit(body_of("rain", R"("generate_audio":false)"));
  const HttpReply there = other.settle(id);
  const HttpReply here = one.settle(id);
  EXPECT_EQ(one.get(member(here.body, "$.video.url")).body,
            other.get(member(there.body, "$.video.url")).body);
  const std::filesystem::directory_iterator clips(dir.path() / "clips");
  EXPECT_GE(std::distance(begin(clips), end(clips)), 1);
}

TEST(Persistence, EndsWhileItRenders) {
  const TemporaryDir dir;
  {
    const Rehearsal service({.pace = 0, .state_dir = dir.path()});
    for (int i = 0; i < 5; ++i) service.submit(body_of("rain"));
  }
  for (const auto& entry : std::filesystem::directory_iterator(dir.path() / "clips")) {
    EXPECT_EQ(entry.path().extension(), ".mp4") << entry.path();
  }
}

}  // namespace
}  // namespace klingtext::testing
