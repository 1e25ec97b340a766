// SPDX-License-Identifier: LGPL-2.1-or-later
// No more seconds of video a day than allowed.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class SpendCap : public test::JobFixture {
 protected:
  JobSpec take(unsigned number, unsigned cap) const {
    JobSpec one = spec();
    one.request.take = number;
    one.max_daily_seconds = cap;
    return one;
  }
};

TEST_F(SpendCap, RefusesTheSubmissionThatWouldPassIt) {
  expect_whole(run(take(1, 10)));
  expect_whole(run(take(2, 10)));
  const unsigned connections = service_.submissions();
  const Error error = error_of(take(3, 10));
  EXPECT_EQ(error.kind, ErrorKind::settings);
  for (const char* part :
       {"buy 5 s", "10 s of the 10 s", "Nothing was submitted", "00:00 UTC", "max-daily-seconds"}) {
    EXPECT_TRUE(holds(error.message, part)) << part << " in " << error.message;
  }
  EXPECT_EQ(service_.submissions(), connections);
  EXPECT_FALSE(entry(key_of(take(3, 10))));
  EXPECT_FALSE(holds(error.message, "URI")) << error.message;
  expect_whole(run(take(3, 15)));
}

TEST_F(SpendCap, IsNoneWhereItIsZero) {
  for (unsigned number = 1; number <= 3; ++number) expect_whole(run(take(number, 0)));
}

TEST_F(SpendCap, CountsUnknownOutcomes) {
  service_.on_submit({Answer::status(500)});
  EXPECT_EQ(error_of(take(1, 5)).kind, ErrorKind::cannot_submit);
  EXPECT_EQ(error_of(take(2, 5)).kind, ErrorKind::settings);
}

TEST_F(SpendCap, CountsNoRefusalsAndNoFailures) {
  service_.on_submit({Answer::status(400)});
  EXPECT_EQ(error_of(take(1, 5)).http_status, 400U);
  service_.set_statuses({"error"});
  EXPECT_EQ(error_of(take(2, 5)).kind, ErrorKind::failed);
  service_.set_statuses({"completed"});
  expect_whole(run(take(3, 5)));
}

TEST_F(SpendCap, LetsWhatIsPaidBeTakenAgain) {
  expect_whole(run(take(1, 5)));
  expect_whole(run(take(1, 1)));
}

TEST_F(SpendCap, HoldsForManyWhoSubmitAtOnce) {
  std::vector<std::shared_ptr<JobHandle>> jobs;
  for (unsigned number = 1; number <= 8; ++number) jobs.push_back(attach_job(take(number, 15)));
  unsigned refused = 0;
  for (const auto& job : jobs) {
    const Received received = read_all(*job);
    if (received.error) {
      EXPECT_EQ(received.error->kind, ErrorKind::settings) << received.error->message;
      ++refused;
    }
  }
  EXPECT_EQ(refused, 5U);
  EXPECT_EQ(service_.submissions(), 3U);
}

TEST_F(SpendCap, LeavesRehearsalsAlone) {
  for (unsigned number = 1; number <= 2; ++number) {
    JobSpec rehearsal = take(number, 1);
    rehearsal.service_name = "rehearsal";
    rehearsal.pace = Pace::rehearsal;
    expect_whole(run(rehearsal));
  }
}

}  // namespace
}  // namespace klingtext
