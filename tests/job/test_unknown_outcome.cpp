// SPDX-License-Identifier: LGPL-2.1-or-later
// A submission whose outcome is unknown is never sent again by itself.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

struct Case {
  const char* name;
  Answer answer;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class UnknownOutcome : public test::JobFixture {};
class AnyUnknownOutcome : public UnknownOutcome, public testing::WithParamInterface<Case> {};

TEST_P(AnyUnknownOutcome, IsToldOnceAndForAllUntilItIsGivenUpByName) {
  service_.on_submit({GetParam().answer});
  const Error first = error_of_run();
  EXPECT_EQ(first.kind, ErrorKind::cannot_submit);
  const std::string id = first.client_request_id;
  for (const std::string& part : {std::string("billed"), std::string("generation-id"),
                                  "resubmit=" + id, std::string("another take")}) {
    EXPECT_TRUE(holds(first.message, part)) << part << " in " << first.message;
  }
  ASSERT_TRUE(entry());
  EXPECT_EQ(entry()->state, EntryState::unknown);
  EXPECT_EQ(entry()->client_request_id, id);

  const unsigned submissions = service_.submissions();
  const Error second = error_of_run();
  EXPECT_EQ(second.message, first.message);
  JobSpec wrong_name = spec();
  wrong_name.resubmit = "klingtext-of-another";
  EXPECT_EQ(error_of(wrong_name).message, first.message);
  EXPECT_EQ(service_.submissions(), submissions);

  JobSpec again = spec();
  again.resubmit = id;
  for (int times = 0; times < 3; ++times) expect_whole(run(again));
  await_kept();
  EXPECT_EQ(service_.submissions(), submissions + 1);
  ASSERT_EQ(entry()->given_up.size(), 1U);
  EXPECT_EQ(entry()->given_up[0].client_request_id, id);
  EXPECT_EQ(entry()->given_up[0].seconds, 5U);
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), submissions + 1);
}

INSTANTIATE_TEST_SUITE_P(Answers, AnyUnknownOutcome,
                         testing::Values(Case{"Reset", Answer::normal().lost_reset()},
                                         Case{"Closed", Answer::normal().lost()},
                                         Case{"ServerError", Answer::status(500)},
                                         Case{"BadGateway", Answer::status(502)},
                                         Case{"Unavailable", Answer::status(503)},
                                         Case{"GatewayTimeout",
                                              Answer::status(504).though_accepted()},
                                         Case{"Garbage", Answer::body("<html>", "text/html")},
                                         Case{"NoId", Answer::json(R"({"status":"queued"})")},
                                         Case{"NoHttp", Answer::normal().garbage()}),
                         [](const auto& one) { return one.param.name; });

TEST_F(UnknownOutcome, IsWhatAnIntentOfADeadProcessMeans) {
  auto store = StoreDir::open(store_path());
  Entry intent;
  intent.key = key_of(spec());
  intent.service = spec().service_name;
  intent.client_request_id = "klingtext-dead";
  ASSERT_TRUE(Journal(*store).create(intent, std::nullopt).ok());
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(error.message, "resubmit=klingtext-dead"));
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_F(UnknownOutcome, IsNotConcludedWhileTheSubmitterLives) {
  auto store = StoreDir::open(store_path());
  const Journal journal(*store);
  Entry intent;
  intent.key = key_of(spec());
  intent.service = spec().service_name;
  intent.client_request_id = "klingtext-alive";
  const auto created = journal.create(intent, std::nullopt);
  ASSERT_TRUE(created.ok() && *created);
  auto lock = journal.try_lock(intent.key);  // as a live process holds it
  ASSERT_TRUE(lock.ok() && *lock != nullptr);
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return (*job)->report().status == JobStatus::submitting; }));
  service_.add_generation("elsewhere:1");
  const auto accepted = journal.change(**created, [](Entry& entry) {
    entry.state = EntryState::accepted;
    entry.generation_id = "elsewhere:1";
  });
  ASSERT_TRUE(accepted.ok());
  *lock = nullptr;
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 0U);
  await_kept();
}

TEST_F(UnknownOutcome, OfAFailureIsResubmittedOnceByName) {
  service_.set_statuses({"error"});
  const Error failed = error_of_run();
  service_.set_statuses({"completed"});
  JobSpec again = spec();
  again.resubmit = failed.client_request_id;
  expect_whole(run(again));
  expect_whole(run(again));
  EXPECT_EQ(service_.submissions(), 2U);
  EXPECT_EQ(entry()->given_up.at(0).seconds, 0U) << "failures are not billed";
  await_kept();
}

TEST_F(UnknownOutcome, StaysWhenTheResubmissionIsRefused) {
  service_.on_submit({Answer::status(500), Answer::status(401)});
  const Error unknown = error_of_run();
  JobSpec again = spec();
  again.resubmit = unknown.client_request_id;
  EXPECT_EQ(error_of(again).kind, ErrorKind::unauthorized);
  EXPECT_EQ(error_of_run().client_request_id, unknown.client_request_id);
  EXPECT_EQ(service_.submissions(), 2U);
}

TEST_F(UnknownOutcome, IsResolvedByTheIdFromTheAccountsLog) {
  service_.on_submit({Answer::normal().lost()});
  const Error unknown = error_of_run();
  JobSpec found = spec();
  found.generation_id = service_.generation_ids().at(0);
  expect_whole(run(found));
  await_kept();
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(entry()->client_request_id, unknown.client_request_id);
}

TEST_F(UnknownOutcome, KeepsTheCostThatTheFirstAnswerToItsIdTells) {
  service_.on_submit({Answer::normal().lost()});
  (void)error_of_run();
  ASSERT_EQ(entry()->state, EntryState::unknown);
  service_.set_statuses({"completed"});
  JobSpec known = spec();
  known.generation_id = service_.generation_ids().at(0);
  expect_whole(run(known));
  await_kept();
  EXPECT_EQ(entry()->cost.credits_used, 1400000);
  EXPECT_EQ(service_.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext
