// SPDX-License-Identifier: LGPL-2.1-or-later
// Following a generation that the user names.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::holds;

class GenerationId : public test::JobFixture {
 protected:
  JobSpec only(const std::string& id) const {
    JobSpec one = spec();
    one.request = {};
    one.asked = JobSpec::Asked::generation_only;
    one.generation_id = id;
    return one;
  }
  JobSpec with(const std::string& id, unsigned take = 1) const {
    JobSpec one = spec();
    one.request.take = take;
    one.generation_id = id;
    return one;
  }
};

TEST_F(GenerationId, IsFollowedWhereTheJournalDoesNotKnowIt) {
  service_.add_generation("from:elsewhere/1");
  expect_whole(run(only("from:elsewhere/1")));
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(GenerationId, IsServedOfflineTheSecondTime) {
  service_.add_generation("a:1");
  const auto job = attach_job(only("a:1"));
  expect_whole(read_all(*job));
  ASSERT_TRUE(service_.wait_for([&] {
    const auto known = entry((*job)->report().request_key);
    return known && known->clip && std::filesystem::exists((*job)->report().clip_path);
  }));
  service_.go_down();
  expect_whole(run(only("a:1")));
}

TEST_F(GenerationId, LeadsToTheRequestThatTheJournalKnows) {
  expect_whole(run());
  await_kept();
  const auto job = attach_job(only(service_.generation_ids().at(0)));
  expect_whole(read_all(*job));
  EXPECT_EQ((*job)->report().prompt, "A cheerful white raccoon");
  EXPECT_EQ((*job)->report().clip_path, clip_file());
  EXPECT_EQ(service_.clip_requests(), 1U);
}

TEST_F(GenerationId, MayStandBesideItsOwnRequest) {
  expect_whole(run());
  await_kept();
  expect_whole(run(with(service_.generation_ids().at(0))));
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(GenerationId, IsTakenForTheRequestBesideIt) {
  service_.add_generation("a:1");
  expect_whole(run(with("a:1")));
  await_kept();
  EXPECT_EQ(entry()->generation_id, "a:1");
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(GenerationId, DoesNotFitAnotherRequest) {
  expect_whole(run());
  await_kept();
  const Error error = error_of(with(service_.generation_ids().at(0), 2));
  EXPECT_EQ(error.kind, ErrorKind::settings);
  EXPECT_TRUE(holds(error.message, "A cheerful white raccoon")) << error.message;
  EXPECT_TRUE(holds(error.message, "Unset the request properties"));
}

TEST_F(GenerationId, DoesNotFitARequestWithAnotherGeneration) {
  expect_whole(run());
  await_kept();
  service_.add_generation("a:1");
  const Error error = error_of(with("a:1"));
  EXPECT_EQ(error.kind, ErrorKind::settings);
  EXPECT_EQ(error.generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
}

TEST_F(GenerationId, ThatTheServiceDoesNotKnowSubmitsNothing) {
  const Error error = error_of(only("unknown:1"));
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_TRUE(holds(error.message, "generation-id")) << error.message;
  EXPECT_EQ(error.generation_id, "unknown:1");
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(GenerationId, ThatWasMistypedDoesNotBindTheRequestForEver) {
  EXPECT_EQ(error_of(with("mistyped:1")).kind, ErrorKind::not_found);
  service_.add_generation("right:1");
  expect_whole(run(with("right:1")));
  await_kept();
  EXPECT_EQ(entry()->generation_id, "right:1");
}

TEST_F(GenerationId, ThatFailedIsRepeatedFree) {
  service_.set_statuses({"error"});
  service_.add_generation("a:1");
  EXPECT_EQ(error_of(only("a:1")).kind, ErrorKind::failed);
  const unsigned polls = service_.polls();
  EXPECT_EQ(error_of(only("a:1")).kind, ErrorKind::failed);
  EXPECT_EQ(service_.polls(), polls);
}

}  // namespace
}  // namespace klingtext
