// SPDX-License-Identifier: LGPL-2.1-or-later
// Submissions that the service does not take, or takes only later.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class SubmissionTest : public test::JobFixture {
 protected:
  static Answer at_once(Answer answer) { return answer.header("Retry-After", "0"); }

  // The held answer comes while the entry is away, until the job has warned of that.
  void answer_without_entry(JobHandle& job) {
    ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
    const std::string file = store_path() + '/' + key_of(spec()) + ".json";
    std::filesystem::rename(file, file + ".away");
    service_.release();
    ASSERT_TRUE(service_.wait_for([&] { return !job->report().warnings.empty(); }));
    std::filesystem::rename(file + ".away", file);
  }
};

TEST_F(SubmissionTest, LeavesNoTraceWhereItIsRefused) {
  const std::pair<unsigned, ErrorKind> cases[] = {
      {400, ErrorKind::settings},     {401, ErrorKind::unauthorized},
      {402, ErrorKind::unauthorized}, {403, ErrorKind::unauthorized},
      {404, ErrorKind::not_found},    {422, ErrorKind::settings}};
  for (const auto& [status, kind] : cases) {
    service_.on_submit({Answer::status(status)});
    const Error error = error_of_run();
    EXPECT_EQ(error.kind, kind) << status;
    EXPECT_EQ(error.http_status, status);
    EXPECT_TRUE(holds(error.message, "Nothing was submitted")) << error.message;
    EXPECT_FALSE(error.client_request_id.empty());
    EXPECT_FALSE(error.api_error_name.empty());
    EXPECT_FALSE(entry()) << status;
  }
  EXPECT_EQ(service_.accepted(), 0U);
  expect_whole(run());
  EXPECT_EQ(service_.accepted(), 1U);
  await_kept();
}

TEST_F(SubmissionTest, IsRetriedWhereTheServiceAsksForIt) {
  service_.on_submit({at_once(Answer::status(429)), at_once(Answer::status(503))});
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 3U);
  EXPECT_EQ(service_.accepted(), 1U);
  EXPECT_EQ((*job)->report().submissions, 3U);
  EXPECT_EQ((*job)->report().retries, 2U);
  await_kept();
}

TEST_F(SubmissionTest, HasAnIdOfItsOwnWithEveryAttempt) {
  service_.on_submit({at_once(Answer::status(429))});
  expect_whole(run());
  const auto sent = service_.submission_list();
  for (const auto& one : sent) {
    const std::string id = one.header("X-Client-Request-Id").value_or("");
    EXPECT_TRUE(id.starts_with("klingtext:" + key_of(spec()) + ':')) << id;
    EXPECT_EQ(id.size(), 10 + 64 + 1 + 16U);
  }
  EXPECT_NE(sent.at(0).header("X-Client-Request-Id"), sent.at(1).header("X-Client-Request-Id"));
  EXPECT_EQ(sent.at(0).body, sent.at(1).body);
  await_kept();
}

TEST_F(SubmissionTest, IsRetriedFiveTimesAndThenClosed) {
  service_.always_on_submit(at_once(Answer::status(429)));
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::busy);
  EXPECT_TRUE(holds(error.message, "Nothing was submitted"));
  EXPECT_EQ(service_.submissions(), kSubmissionAttempts);
  EXPECT_FALSE(entry());
}

TEST_F(SubmissionTest, WaitsForAServiceThatIsDown) {
  service_.go_down();
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return (*job)->report().retries > 0; }));
  service_.come_back();
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(SubmissionTest, ClosesItsIntentWhenTheUserLeavesBetweenTries) {
  service_.always_on_submit(Answer::status(429).header("Retry-After", "60"));
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return (*job)->report().retries > 0; }));
  }
  EXPECT_TRUE(service_.wait_for([&] { return !entry(); }));
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(SubmissionTest, WaitsForItsSlotUntilTheLatestDeadlineOfItsUsers) {
  service_.always_on_submit(Answer::normal().hold());
  std::vector<std::shared_ptr<JobHandle>> others;
  for (unsigned take = 2; take <= 5; ++take) {
    JobSpec other = spec();
    other.request.take = take;
    others.push_back(attach_job(other));
  }
  ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 4; }));
  JobSpec hurried = spec();
  hurried.generation_timeout = Seconds(1);
  const auto first = attach_job(hurried);
  const std::string lock = store_path() + '/' + key_of(hurried) + ".lock";
  ASSERT_TRUE(service_.wait_for([&] { return std::filesystem::exists(lock); }));
  const auto second = attach_job(spec());
  // Ends after the first user's deadline.
  JobSpec later = hurried;
  later.request.take = 6;
  EXPECT_TRUE(holds(error_of(later).message, "was not submitted within 1 s"));
  service_.release();
  expect_whole(read_all(*second));
  EXPECT_EQ(service_.submissions(), 5U);
}

TEST_F(SubmissionTest, ReportsAGenerationThatAnotherHostSubmittedMeanwhileAsReused) {
  service_.add_generation("another-host's");
  service_.on_submit({Answer::status(429).header("Retry-After", "2")});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return (*job)->report().retries > 0; }));
  // Where locks are local to a host, this run's lock does not hinder it.
  Entry other;
  other.state = EntryState::accepted;
  other.key = key_of(spec());
  other.service = spec().service_name;
  other.request = request_body(spec().request);
  other.client_request_id = "klingtext:" + other.key + ":0123456789abcdef";
  other.generation_id = "another-host's";
  const auto store = StoreDir::open(store_path());
  ASSERT_TRUE(store.ok());
  const auto created = Journal(*store).create(other, std::nullopt);
  ASSERT_TRUE(created.ok() && *created);
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ((*job)->report().generation_id, "another-host's");
  EXPECT_EQ((*job)->report().origin, Origin::reused);
}

TEST_F(SubmissionTest, RecordsTheIdWhenTheEntryIsThereAgain) {
  service_.on_submit({Answer::normal().hold()});
  const auto job = attach_job(spec());
  answer_without_entry(*job);
  expect_whole(read_all(*job));
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  await_kept();
}

TEST_F(SubmissionTest, RecordsAnUnknownOutcomeWhenTheEntryIsThereAgain) {
  service_.on_submit({Answer::status(500).hold()});
  const auto job = attach_job(spec());
  answer_without_entry(*job);
  EXPECT_TRUE(read_all(*job).error);
  EXPECT_EQ(entry()->state, EntryState::unknown);
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(SubmissionTest, CarriesTheIdInItsErrorWhereTheJournalCannotRecordIt) {
  if (g_getenv("KLINGTEXT_LONG") == nullptr) GTEST_SKIP() << "takes two minutes";
  service_.on_submit({Answer::normal().hold()});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  std::filesystem::remove_all(store_path());
  service_.release();
  const Received received = read_all(*job);
  ASSERT_TRUE(received.error);
  EXPECT_EQ(received.error->generation_id, service_.generation_ids().at(0));
  EXPECT_TRUE(holds(received.error->message, "generation-id=" + service_.generation_ids().at(0)));
}

}  // namespace
}  // namespace klingtext
