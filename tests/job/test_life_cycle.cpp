// SPDX-License-Identifier: LGPL-2.1-or-later
// From a request to a clip, and what is told on the way.
#include <sys/wait.h>
#include <unistd.h>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class LifeCycle : public test::JobFixture {};

TEST_F(LifeCycle, SubmitsWaitsAndDownloads) {
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(service_.polls(), 3U);
  EXPECT_EQ(service_.submission_list().at(0).body, request_body(spec().request));
  EXPECT_TRUE(test::get(clip_file()) == clip_);
  const auto known = entry();
  EXPECT_EQ(known->state, EntryState::completed);
  EXPECT_EQ(known->generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(known->cost.credits_used, 1400000);
  EXPECT_EQ(known->seconds, 5U);
  EXPECT_EQ(known->clip->length, clip_.size());
}

TEST_F(LifeCycle, WritesItsIntentBeforeItSubmits) {
  service_.on_submit({Answer::normal().hold()});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  const auto intent = entry();
  ASSERT_TRUE(intent);
  EXPECT_EQ(intent->state, EntryState::intent);
  EXPECT_EQ(service_.submission_list().at(0).header("X-Client-Request-Id"),
            intent->client_request_id);
  service_.release();
  expect_whole(read_all(*job));
  EXPECT_EQ(entry()->client_request_id, intent->client_request_id);
  await_kept();
}

TEST_F(LifeCycle, ReportsWhatItDoes) {
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  const JobReport report = (*job)->report();
  EXPECT_EQ(report.status, JobStatus::completed);
  EXPECT_EQ(report.origin, Origin::submitted);
  EXPECT_EQ(report.generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(report.request_key, key_of(spec()));
  EXPECT_EQ(report.clip_path, clip_file());
  EXPECT_EQ(report.prompt, spec().request.prompt);
  EXPECT_EQ(report.model, kDefaultModel);
  EXPECT_EQ(report.submissions, 1U);
  EXPECT_EQ(report.polls, 3U);
  EXPECT_EQ(report.bytes, clip_.size());
  EXPECT_EQ(report.cost.credits_used, 1400000);
  EXPECT_TRUE(report.warnings.empty());
  await_kept();
}

TEST_F(LifeCycle, FollowsTheDocumentedStatuses) {
  const std::pair<const char*, JobStatus> statuses[] = {{"queued", JobStatus::queued},
                                                        {"generating", JobStatus::generating}};
  for (const auto& [word, status] : statuses) {
    service_.set_statuses({word});
    JobSpec one = spec();
    one.request.take = static_cast<unsigned>(status) + 1;
    const auto job = attach_job(one);
    EXPECT_TRUE(service_.wait_for([&] { return (*job)->report().status == status; })) << word;
  }
}

TEST_F(LifeCycle, EndsAnErrorWithItsNameAndMessage) {
  service_.set_statuses({"queued", "error"});
  const auto job = attach_job(spec());
  const Received received = read_all(*job);
  ASSERT_TRUE(received.error);
  EXPECT_EQ(received.error->kind, ErrorKind::failed);
  EXPECT_TRUE(holds(received.error->message, "GenerationFailed"));
  EXPECT_TRUE(holds(received.error->message, "The scripted generation failed"));
  EXPECT_TRUE(holds(received.error->message, "take=2"));
  EXPECT_EQ(received.error->api_error_name, "GenerationFailed");
  EXPECT_EQ(received.error->api_error_message, "The scripted generation failed");
  EXPECT_EQ(received.error->generation_id, service_.generation_ids().at(0));
  EXPECT_EQ((*job)->report().status, JobStatus::failed);
  EXPECT_EQ(entry()->state, EntryState::error);
}

TEST_F(LifeCycle, RepeatsAnErrorFreeOfCharge) {
  service_.set_statuses({"error"});
  const Error first = error_of_run();
  const unsigned connections = service_.connections();
  const Error again = error_of_run();
  EXPECT_EQ(again.kind, ErrorKind::failed);
  EXPECT_EQ(again.message, first.message);
  EXPECT_EQ(service_.connections(), connections);
}

TEST_F(LifeCycle, KeepsWaitingThroughAnUndocumentedStatusAndWarnsOnce) {
  service_.set_statuses({"paused", "paused", "paused", "completed"});
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  const auto warnings = (*job)->report().warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(holds(warnings[0], "\"paused\""));
  await_kept();
}

TEST_F(LifeCycle, TakesTheClipAsSoonAsItIsCompleted) {
  service_.set_statuses({"succeeded"});
  service_.on_poll({Answer::json(R"({"id":"x","status":"succeeded","video":{"url":"$CLIP"}})")});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.polls(), 1U);
}

TEST_F(LifeCycle, WaitsWhereCompletedPrecedesTheUrl) {
  service_.set_statuses({"completed"});
  service_.on_poll({Answer::json(R"({"id":"x","status":"completed"})")});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.polls(), 2U);
}

TEST_F(LifeCycle, WaitsWhereTheServiceDoesNotKnowItsNewIdYet) {
  service_.set_statuses({"completed"});
  service_.on_poll({Answer::status(404)});
  expect_whole(run());
  await_kept();
}

TEST_F(LifeCycle, NeedsTheServiceOnlyForWhatIsNotInTheStore) {
  JobSpec offline = spec();
  offline.connect = [](const auto&) -> Result<Service> {
    return Error{.kind = ErrorKind::unauthorized, .message = "There is no API key."};
  };
  const Error error = error_of(offline);
  EXPECT_EQ(error.kind, ErrorKind::unauthorized);
  EXPECT_EQ(service_.connections(), 0U);
  EXPECT_FALSE(entry());
}

TEST_F(LifeCycle, TellsThatTheStoreCannotBeUsedBeforeAnySubmission) {
  test::put(dir_.file("store"), "a file");
  EXPECT_EQ(error_of_run().kind, ErrorKind::store);
  EXPECT_EQ(service_.connections(), 0U);
}

TEST_F(LifeCycle, TellsADamagedEntryBeforeAnySubmission) {
  ASSERT_TRUE(StoreDir::open(store_path()).ok());
  test::put(store_path() + '/' + key_of(spec()) + ".json", "{\"state\":");
  EXPECT_EQ(error_of_run().kind, ErrorKind::store);
  EXPECT_EQ(service_.connections(), 0U);
}

// A child has none of its parent's threads, and jobs of its own.
TEST_F(LifeCycle, GoesOnInAForkedChild) {
  service_.always_on_poll(Answer::normal().hold());
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.polls() == 1; }));
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(read_all(*attach_job(spec())).bytes == clip_ ? 0 : 1);
  }
  ASSERT_GT(child, 0);
  ASSERT_TRUE(service_.wait_for([&] { return service_.polls() == 2; }));
  service_.release();
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext
