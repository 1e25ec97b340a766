// SPDX-License-Identifier: LGPL-2.1-or-later
// Questions that go wrong while a generation is made.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class Polls : public test::JobFixture {
 protected:
  // Asked to come back at once, so that nothing here waits for long.
  static Answer at_once(Answer answer) { return answer.header("Retry-After", "0"); }
};

TEST_F(Polls, SurviveWhatPasses) {
  service_.set_statuses({"completed"});
  service_.on_poll({at_once(Answer::status(503)), at_once(Answer::status(429)),
                    at_once(Answer::status(500)), at_once(Answer::status(502)),
                    at_once(Answer::status(504)), at_once(Answer::status(408)),
                    at_once(Answer::body("<html>", "text/html"))});
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.polls(), 8U);
  EXPECT_EQ((*job)->report().retries, 7U);
  await_kept();
}

// Without this the first question comes after a minute of quiet, and the test would time out.
TEST_F(Polls, BeginWhenTheAnswerToTheSubmissionSays) {
  service_.set_statuses({"completed"});
  service_.on_submit({at_once(Answer::normal())});
  JobSpec planned = spec();
  planned.poll_interval = Seconds(0);
  expect_whole(run(planned));
  EXPECT_EQ(service_.polls(), 1U);
  await_kept();
}

TEST_F(Polls, EndTheRunAfterTenFailuresInARowAndKeepTheId) {
  service_.always_on_poll(at_once(Answer::status(503)));
  const Error error = error_of_run();
  EXPECT_EQ(service_.polls(), 10U);
  EXPECT_EQ(error.kind, ErrorKind::busy);
  EXPECT_EQ(error.http_status, 503U);
  EXPECT_TRUE(holds(error.message, "run this again"));
  EXPECT_EQ(error.generation_id, service_.generation_ids().at(0));
  service_.always_on_poll(std::nullopt);
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Polls, CountFailuresInARowOnly) {
  std::vector<Answer> answers;
  for (int row = 0; row < 2; ++row) {
    for (int i = 0; i < 6; ++i) answers.push_back(at_once(Answer::status(500)));
    answers.push_back(Answer::generation("generating"));
  }
  service_.on_poll(answers);
  service_.set_statuses({"completed"});
  expect_whole(run());
  await_kept();
}

TEST_F(Polls, CallServerErrorsWhatTheyAre) {
  service_.always_on_poll(at_once(Answer::status(500)));
  EXPECT_EQ(error_of_run().kind, ErrorKind::cannot_read);
}

TEST_F(Polls, EndWhereTheServiceRefusesThreeTimesInARow) {
  const std::pair<unsigned, ErrorKind> cases[] = {{401, ErrorKind::unauthorized},
                                                  {403, ErrorKind::unauthorized},
                                                  {400, ErrorKind::settings},
                                                  {304, ErrorKind::settings},
                                                  {410, ErrorKind::not_found}};
  unsigned take = 0;
  for (const auto& [status, kind] : cases) {
    // A generation that is not young any more: nothing is waited out.
    JobSpec old = spec();
    old.request.take = ++take;
    old.generation_id = "old:" + std::to_string(status);
    service_.add_generation(old.generation_id);
    const unsigned before = service_.polls();
    service_.always_on_poll(Answer::status(status));
    const Error error = error_of(old);
    EXPECT_EQ(error.kind, kind) << error.message;
    EXPECT_EQ(error.http_status, status);
    EXPECT_EQ(error.generation_id, old.generation_id);
    EXPECT_GE(service_.polls(), before + 3);
    EXPECT_LE(service_.polls(), before + 5);
  }
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(Polls, EndAtOnceWhereTheRightAccountIsToldThatThereIsNone) {
  JobSpec old = spec();
  old.generation_id = "nowhere";
  service_.on_poll({Answer::status(404)});
  EXPECT_EQ(error_of(old).kind, ErrorKind::not_found);
  EXPECT_EQ(service_.polls(), 1U);
}

TEST_F(Polls, SurviveRefusalsThatAreNotThreeInARow) {
  std::vector<Answer> answers;
  for (const unsigned status : {401U, 403U, 304U, 302U, 400U, 410U, 451U}) {
    answers.insert(answers.end(), {Answer::status(status), Answer::status(status)});
    answers.push_back(Answer::generation("generating"));
  }
  service_.on_poll(answers);
  service_.set_statuses({"completed"});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Polls, SurviveManyRefusalsInLessThanTheSpan) {
  JobSpec slow = spec();
  slow.refusal_span = Seconds(3600);
  slow.generation_timeout = Seconds(1);
  service_.always_on_poll(Answer::status(403));
  EXPECT_TRUE(holds(error_of(slow).message, "is not ready"));
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Polls, EndWhenThePatienceIsOverButNotBeforeOneWasMade) {
  service_.set_statuses({"generating"});
  JobSpec impatient = spec();
  impatient.generation_timeout = Seconds(1);  // long enough for the submission
  impatient.poll_interval = Seconds(60);
  const Error error = error_of(impatient);
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "is not ready"));
  EXPECT_TRUE(holds(error.message, "generation-timeout"));
  EXPECT_GE(service_.polls(), 1U);
  EXPECT_EQ(error.generation_id, service_.generation_ids().at(0));
  service_.set_statuses({"completed"});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Polls, AreNotMadeWithoutPauseBecauseTheServiceSaysZero) {
  service_.set_statuses({"generating"});
  service_.always_on_poll(Answer::normal().header("Retry-After", "0"));
  JobSpec planned = spec();
  planned.poll_interval = Seconds(0);
  planned.pace = Pace::rehearsal;
  planned.generation_timeout = Seconds(2);
  EXPECT_EQ(error_of(planned).kind, ErrorKind::cannot_read);
  EXPECT_LE(service_.polls(), 20U);
}

TEST_F(Polls, TellAnotherAccountsGeneration) {
  service_.set_statuses({"generating"});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.polls() > 1; }));
  }
  // Old enough not to be taken for one the service does not know yet.
  auto store = StoreDir::open(store_path());
  Journal journal(*store);
  const Entry young = **journal.find(key_of(spec()));
  ASSERT_TRUE(journal.change(young, [](Entry& old) { old.submitted -= 1000; }).ok());
  key_ = "another key";
  for (const unsigned status : {404U, 403U}) {
    service_.always_on_poll(Answer::status(status));
    const Error error = error_of_run();
    EXPECT_EQ(error.kind, ErrorKind::unauthorized) << error.message;
    EXPECT_TRUE(holds(error.message, "another API key")) << error.message;
  }
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Polls, GiveUpWhereCompletedNeverHasAUrl) {
  service_.always_on_poll(Answer::json(R"({"id":"x","status":"completed"})"));
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "does not say where the video is"));
}

}  // namespace
}  // namespace klingtext
