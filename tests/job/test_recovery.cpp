// SPDX-License-Identifier: LGPL-2.1-or-later
// The outcome of a submission whose answer was lost is looked up, by the id in the head of the
// answer and in the account's log, and never decided by a second submission.
#include "support/job_fixture.h"

#include "api/account_log.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;
using test::Script;

struct Lost {
  const char* name;
  Answer answer;
};
void PrintTo(const Lost& one, std::ostream* out) {
  *out << one.name;
}

class Recovery : public test::JobFixture {
 protected:
  Recovery() { set_log(); }
  Script script() const {
    Script script;
    script.log = Script::Log::present;
    return script;
  }
  void set_log(const std::string& status = "succeeded", unsigned lag = 0,
               std::vector<std::string> rows = {}) {
    Script with_log = script();
    with_log.log_status = status;
    with_log.log_lag = lag;
    with_log.log_rows = std::move(rows);
    service_.set_script(with_log);
  }
  // An intent that a process which has ended left behind, `age` seconds ago.
  std::string leave_intent(std::int64_t age) const {
    return leave_intent(age, make_client_request_id(key_of(spec())));
  }
  std::string leave_intent(std::int64_t age, const std::string& client_request_id) const {
    auto store = StoreDir::open(store_path());
    Entry intent;
    intent.key = key_of(spec());
    intent.service = spec().service_name;
    intent.client_request_id = client_request_id;
    intent.submitted = unix_now() - age;
    intent.seconds = 5;
    EXPECT_TRUE(Journal(*store).create(intent, std::nullopt).ok());
    return intent.client_request_id;
  }
  static std::string row(const std::string& client_request_id, const std::string& id) {
    return R"({"created":"2026-07-02T03:04:05.000Z","status":"succeeded","inference_id":")" + id +
           R"(","client_request_id":")" + client_request_id + R"("})";
  }
};

class AnyLostAnswer : public Recovery, public testing::WithParamInterface<Lost> {};

TEST_P(AnyLostAnswer, IsFoundInTheAccountsLogByTheSameRun) {
  service_.on_submit({GetParam().answer});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(entry()->state, EntryState::completed);
  EXPECT_EQ(entry()->seconds, 5U);
}

TEST_P(AnyLostAnswer, IsFoundByTheNextRun) {
  service_.on_submit({GetParam().answer});
  service_.on_log({Answer::status(404)});
  const Error unknown = error_of_run();
  EXPECT_TRUE(holds(unknown.message, "The account's log cannot be asked (HTTP 404)."))
      << unknown.message;
  EXPECT_TRUE(holds(unknown.message, "resubmit=" + unknown.client_request_id)) << unknown.message;
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_P(AnyLostAnswer, IsFoundByTheIdInItsHead) {
  if (!GetParam().answer.plan().body.empty() ||
      GetParam().answer.plan().says == Answer::Says::fixed || GetParam().answer.plan().cut_after) {
    Script named;
    named.inference_id = Script::InferenceId::named;
    service_.set_script(named);
    service_.on_submit({GetParam().answer});
    expect_whole(run());
    EXPECT_EQ(service_.logs(), 0U);
    EXPECT_EQ(service_.submissions(), 1U);
    await_kept();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, AnyLostAnswer,
    testing::Values(Lost{"Reset", Answer::normal().lost_reset()},
                    Lost{"Closed", Answer::normal().lost()},
                    Lost{"ServerError", Answer::status(500).though_accepted()},
                    Lost{"GatewayTimeout", Answer::status(504).though_accepted()},
                    Lost{"Garbage", Answer::body("<html>", "text/html")},
                    Lost{"NoId", Answer::json(R"({"status":"queued"})")},
                    Lost{"HalfABody", Answer::normal().cut_after(20)},
                    Lost{"HalfABodyAndReset", Answer::normal().reset_after(20)},
                    Lost{"NoHttp", Answer::normal().garbage()}),
    [](const auto& one) { return one.param.name; });

TEST_F(Recovery, FollowsTheIdInTheHeadInTheNextRun) {
  Script named;
  named.inference_id = Script::InferenceId::named;
  service_.set_script(named);
  service_.on_submit({Answer::status(502).though_accepted()});
  service_.on_poll({Answer::status(404), Answer::status(404), Answer::status(404)});
  const Error unknown = error_of_run();
  EXPECT_EQ(unknown.http_status, 502U);
  EXPECT_EQ(entry()->inference_id, service_.generation_ids().at(0));
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(Recovery, ReadsTheLogWhereTheServiceDoesNotKnowTheIdInTheHead) {
  Script named = script();
  named.inference_id = Script::InferenceId::hidden;
  service_.set_script(named);
  service_.on_submit(
      {Answer::status(500).though_accepted().header("x-inference-id", "of-another")});
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  await_kept();
}

TEST_F(Recovery, DoesNotTakeAnErrorWithoutAnIdForTheGenerationInTheHead) {
  for (const char* body : {R"({"status":"error","error":{"message":"no such generation"}})",
                           R"({"status":"what"})", R"({"id":"of-another","status":"queued"})"}) {
    set_log("succeeded");
    service_.on_submit(
        {Answer::status(500).though_accepted().header("x-inference-id", "of-another-request")});
    service_.on_poll({Answer::json(body), Answer::json(body), Answer::json(body)});
    service_.on_log({Answer::status(404)});
    JobSpec fresh = spec();
    fresh.request.prompt = body;
    const Error error = error_of(fresh);
    EXPECT_TRUE(holds(error.message, "cannot be asked")) << error.message;
  }
  EXPECT_EQ(service_.submissions(), 3U);
}

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
  EXPECT_TRUE(holds(error.message, "does not list it.")) << error.message;
  EXPECT_TRUE(holds(error.message, "resubmit=" + id)) << error.message;
  EXPECT_EQ(service_.logs(), 1U);
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(Recovery, SaysThatARowHasNoGenerationId) {
  const std::string id = leave_intent(3601);
  set_log("succeeded", 0, {row(id, "")});
  const Error error = error_of_run();
  EXPECT_TRUE(holds(error.message, "without a generation id: do not submit it again"))
      << error.message;
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

TEST_F(Recovery, PollsTheIdInTheHeadAfterALookThatFoundNothing) {
  Script named = script();
  named.inference_id = Script::InferenceId::named;
  named.log_lag = 1000;
  service_.set_script(named);
  service_.on_submit({Answer::status(502).though_accepted()});
  service_.on_poll({Answer::status(500)});
  expect_whole(run());
  EXPECT_EQ(service_.logs(), 2U);
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
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
