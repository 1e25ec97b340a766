// SPDX-License-Identifier: LGPL-2.1-or-later
// The outcome of a submission whose answer was lost is looked up in the account's log, and never
// decided by a second submission.
#include "job/recovery_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class Recovery : public test::RecoveryFixture {};

TEST_F(Recovery, LooksAgainWhileTheRowMayBeOnItsWay) {
  set_log("succeeded", 3);
  service_.on_submit({Answer::normal().lost()});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.logs() >= 2; }));
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.logs(), 4U);
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(Recovery, ReportsThatItIsLookingUntilTheDeadline) {
  set_log("succeeded", 1000);
  service_.on_submit({Answer::normal().lost()});
  JobSpec waiting = spec();
  waiting.generation_timeout = Seconds(3600);
  auto job = attach_job(waiting);
  ASSERT_TRUE(service_.wait_for([&] {
    const auto retry = (*job)->report().retry;
    return retry && retry->of == JobReport::Retry::Of::look_up &&
           holds(retry->reason, "does not list it yet");
  }));
  job.reset();
  JobSpec late = spec();
  late.generation_timeout = Seconds(0.2);
  const Error error = error_of(late);
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(error.message, "does not list it yet")) << error.message;
  EXPECT_TRUE(holds(error.message, "resubmit=" + entry()->client_request_id)) << error.message;
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, SaysThatAnOldSubmissionIsNotListed) {
  const std::string id = leave_intent(3601);
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(error.message, "does not list it within a day")) << error.message;
  EXPECT_TRUE(holds(error.message, "resubmit=" + id)) << error.message;
  EXPECT_EQ(service_.logs(), 2U);
  EXPECT_EQ(service_.submissions(), 0U);
}

// As seen by a clock that was wrong by hours when it was submitted.
TEST_F(Recovery, LooksADayAroundAnOldSubmission) {
  const std::string id = leave_intent(10 * 3600);
  service_.add_generation("wanted");
  service_.set_statuses({"completed"});
  set_log("succeeded", 0, {row(id, "wanted")});
  service_.on_log({Answer::json(R"({"data":[]})")});
  expect_whole(run());
  EXPECT_EQ(entry()->generation_id, "wanted");
  EXPECT_EQ(service_.logs(), 2U);
  EXPECT_EQ(service_.submissions(), 0U);
  await_kept();
}

TEST_F(Recovery, SaysThatARowHasNoGenerationId) {
  const std::string id = leave_intent(3601);
  set_log("succeeded", 0, {row(id, "")});
  const Error error = error_of_run();
  EXPECT_TRUE(holds(error.message, "without a generation id: do not submit it again"))
      << error.message;
  EXPECT_TRUE(holds(error.message, id)) << error.message;
  EXPECT_FALSE(holds(error.message, "resubmit")) << error.message;
  EXPECT_EQ(service_.logs(), 1U);
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(Recovery, LooksAgainWhileARowHasNoGenerationId) {
  const std::string id = leave_intent(10);
  service_.add_generation("gen:1");
  set_log("succeeded", 0, {row(id, "")});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.logs() >= 2; }));
  set_log("succeeded", 0, {row(id, "gen:1")});
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 0U);
  await_kept();
}

TEST_F(Recovery, LooksForNothingWithoutAClientRequestId) {
  leave_intent(10, "");
  service_.add_generation("gen:1");
  set_log("succeeded", 0, {row(make_client_request_id(key_of(spec())), "gen:1"), row("", "gen:1")});
  const Error error = error_of_run();
  EXPECT_TRUE(holds(error.message, "It has no client request id to look for.")) << error.message;
  EXPECT_TRUE(holds(error.message, "forget --force " + key_of(spec()).substr(0, 16)))
      << error.message;
  EXPECT_FALSE(holds(error.message, "resubmit=")) << error.message;
  EXPECT_EQ(service_.logs(), 0U);
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(Recovery, FindsWhatAnEndedProcessSubmitted) {
  const std::string id = leave_intent(10);
  service_.add_generation("gen:1");
  set_log("succeeded", 0,
          {row(id + "0", "other:1"), row(id.substr(0, 80) + "0123456789", "other:2"),
           row(id, "gen:1")});
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 0U);
  EXPECT_EQ(entry()->generation_id, "gen:1");
  EXPECT_EQ(entry()->client_request_id, id);
  await_kept();
}

TEST_F(Recovery, SaysThatAFailedSubmissionIsNotBilled) {
  set_log("failed");
  service_.on_submit({Answer::status(504).though_accepted()});
  const Error first = error_of_run();
  EXPECT_EQ(first.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(first.message, "billed nothing")) << first.message;
  EXPECT_TRUE(holds(first.message, "resubmit=" + first.client_request_id)) << first.message;
  EXPECT_EQ(entry()->state, EntryState::error);
  EXPECT_TRUE(holds(error_of_run().message, "billed nothing"));
  EXPECT_EQ(service_.logs(), 2U) << "it looks once more";
  service_.on_log({Answer::status(404)});
  EXPECT_TRUE(holds(error_of_run().message, "billed nothing"));
  EXPECT_EQ(service_.submissions(), 1U);
  JobSpec again = spec();
  again.resubmit = first.client_request_id;
  for (int times = 0; times < 2; ++times) expect_whole(run(again));
  EXPECT_EQ(service_.submissions(), 2U);
  EXPECT_EQ(entry()->given_up.at(0).seconds, 0U);
  await_kept();
}

TEST_F(Recovery, DoesNotCountAFailedSubmissionForTheCap) {
  set_log("failed");
  service_.on_submit({Answer::status(504).though_accepted()});
  JobSpec capped = spec();
  capped.max_daily_seconds = 5;
  EXPECT_TRUE(holds(error_of(capped).message, "billed nothing"));
  capped.request.take = 2;
  expect_whole(run(capped));
  EXPECT_EQ(service_.submissions(), 2U);
}

TEST_F(Recovery, FollowsWhatTheLogListsAfterItCalledItFailed) {
  set_log("failed");
  service_.on_submit({Answer::status(504).though_accepted()});
  JobSpec capped = spec();
  capped.max_daily_seconds = 5;
  EXPECT_TRUE(holds(error_of(capped).message, "billed nothing"));
  EXPECT_EQ(entry()->state, EntryState::error);
  set_log("succeeded");
  expect_whole(run(capped));
  await_kept();
  EXPECT_EQ(entry()->state, EntryState::completed);
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  capped.request.take = 2;
  EXPECT_TRUE(holds(error_of(capped).message, "max-daily-seconds")) << "it counts again";
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, FollowsARowThatTimedOut) {
  set_log("timeout");
  service_.on_submit({Answer::status(504).though_accepted()});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, EndsAtOnceWithResubmit) {
  set_log("succeeded", 1000);
  service_.on_submit({Answer::normal().lost()});
  const auto waiting = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.logs() >= 1; }));
  JobSpec again = spec();
  again.resubmit = entry()->client_request_id;
  expect_whole(run(again));
  expect_whole(read_all(*waiting));
  EXPECT_EQ(service_.submissions(), 2U);
  await_kept();
}

TEST_F(Recovery, SubmitsNothingWhenItsEntryIsForgotten) {
  set_log("succeeded", 1000);
  service_.on_submit({Answer::normal().lost()});
  const auto waiting = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.logs() >= 1; }));
  auto store = StoreDir::open(store_path());
  const Journal journal(*store);
  ASSERT_TRUE(service_.wait_for([&] {
    const auto lock = journal.try_lock(key_of(spec()));
    return lock.ok() && *lock != nullptr && journal.forget(key_of(spec())).ok();
  }));
  const Received received = read_all(*waiting);
  ASSERT_TRUE(received.error);
  EXPECT_TRUE(holds(received.error->message, "was removed while")) << received.error->message;
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, SaysThatTheLogOfAnotherKeyDoesNotShowIt) {
  service_.on_submit({Answer::normal().lost()});
  service_.on_log({Answer::status(404)});
  (void)error_of_run();
  set_log("succeeded", 1000);
  key_ = "another-key-of-the-test";
  const Error error = error_of_run();
  EXPECT_TRUE(holds(error.message, "another API key")) << error.message;
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, IsBoundedAgainstAHostileLog) {
  const std::string id = leave_intent(10);
  std::string rows;
  while (rows.size() < (8U << 20)) rows += R"({"client_request_id":7},)";
  for (const Answer& hostile :
       {Answer::json(R"({"data":[)" + rows + "0]}"), Answer::json(std::string(4 << 20, '[')),
        Answer::json(R"({"data":[],"pagination":{"has_more":true}})").content_length(1ULL << 30),
        Answer::body(std::string(100, '\0'), "application/json").gzip()}) {
    service_.always_on_log(hostile);
    JobSpec impatient = spec();
    impatient.generation_timeout = Seconds(0.2);
    const Error error = error_of(impatient);
    EXPECT_TRUE(holds(error.message, "resubmit=" + id)) << error.message;
  }
  service_.always_on_log(
      Answer::json(R"({"data":[{"client_request_id":"x"}],"pagination":{"has_more":true}})"));
  EXPECT_TRUE(holds(error_of_run().message, "more requests around that time"));
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(Recovery, LooksAgainWhileTheLogIsBusy) {
  service_.on_submit({Answer::normal().lost()});
  const Answer busy = Answer::status(503).header("Retry-After", "0");
  service_.on_log({busy, busy, busy, busy, Answer::status(429).header("Retry-After", "0"), busy});
  expect_whole(run());
  EXPECT_EQ(service_.logs(), 7U);
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(Recovery, EndsWithItsPatienceWhileTheLogIsBusy) {
  service_.on_submit({Answer::normal().lost()});
  service_.always_on_log(Answer::normal().hold());
  JobSpec late = spec();
  late.generation_timeout = Seconds(0.2);
  const Error error = error_of(late);
  service_.release();
  EXPECT_TRUE(holds(error.message, "cannot be asked (no complete answer in time)"))
      << error.message;
  EXPECT_TRUE(holds(error.message, "resubmit=")) << error.message;
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Recovery, StopsAtOnce) {
  service_.on_submit({Answer::normal().lost()});
  service_.always_on_log(Answer::normal().hold());
  auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.logs() == 1; }));
  const std::weak_ptr<Job> left = job->watch();
  job.reset();
  EXPECT_TRUE(service_.wait_for([&] { return left.expired(); }));
  service_.release();
  EXPECT_EQ(service_.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext
