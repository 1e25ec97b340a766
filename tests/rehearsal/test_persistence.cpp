// SPDX-License-Identifier: LGPL-2.1-or-later
// What outlives a service, and what two services on one directory share.
#include <gtest/gtest.h>

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
