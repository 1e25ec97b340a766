// SPDX-License-Identifier: LGPL-2.1-or-later
// What was paid for is taken again.
#include <thread>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::Answer;

class Reuse : public test::JobFixture {
 protected:
  void make() {
    expect_whole(run());
    await_kept();
  }
};

TEST_F(Reuse, TakesAFinishedClipWithoutAnyConnection) {
  make();
  const unsigned connections = service_.connections();
  JobSpec offline = spec();
  offline.connect = [](const auto&) -> Result<Service> {
    ADD_FAILURE() << "nobody needs the service";
    return Error{};
  };
  const auto job = attach_job(offline);
  expect_whole(read_all(*job));
  EXPECT_EQ((*job)->report().origin, Origin::reused);
  EXPECT_EQ((*job)->report().status, JobStatus::completed);
  EXPECT_EQ((*job)->report().submissions, 0U);
  EXPECT_EQ(service_.connections(), connections);
  // In one step: nobody sees it queued for a moment, as if it were not there.
  EXPECT_EQ((*job)->revision(), 1U);
}

TEST_F(Reuse, MakesAnotherTakeAnew) {
  make();
  JobSpec second = spec();
  second.request.take = 2;
  expect_whole(run(second));
  EXPECT_EQ(service_.submissions(), 2U);
}

TEST_F(Reuse, FollowsAGenerationThatAnEarlierRunSubmitted) {
  service_.set_statuses({"generating"});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.polls() > 0; }));
  }
  service_.set_statuses({"completed"});
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  EXPECT_EQ((*job)->report().origin, Origin::reused);
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(Reuse, FetchesADamagedTruncatedOrDeletedClipAgainUnderTheSameId) {
  make();
  for (int damage = 0; damage < 3; ++damage) {
    if (damage == 0) test::put(clip_file(), std::string(clip_.size(), 'x'));
    if (damage == 1) fs::resize_file(clip_file(), 100);
    if (damage == 2) fs::remove(clip_file());
    expect_whole(run());
    EXPECT_TRUE(service_.wait_for(
        [&] { return fs::exists(clip_file()) && test::get(clip_file()) == clip_; }));
    EXPECT_EQ(service_.submissions(), 1U);
  }
  EXPECT_EQ(service_.clip_requests(), 4U);
}

TEST_F(Reuse, SubmitsNothingWhereClipAndGenerationAreGone) {
  make();
  auto store = StoreDir::open(store_path());
  Journal journal(*store);
  const auto aged = journal.change(*entry(), [](Entry& old) { old.submitted -= 1000; });
  ASSERT_TRUE(aged.ok());
  fs::remove(clip_file());
  service_.forget_generation(service_.generation_ids().at(0));
  EXPECT_EQ(error_of_run().kind, ErrorKind::not_found);
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Reuse, IsOneJobForAllUsersInAProcess) {
  service_.on_submit({Answer::normal().hold()});
  const auto first = attach_job(spec());
  const auto second = attach_job(spec());
  EXPECT_EQ(&**first, &**second);
  service_.release();
  Received received;
  std::jthread reader([&] { received = read_all(*second); });
  expect_whole(read_all(*first));
  reader.join();
  expect_whole(received);
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(service_.clip_requests(), 1U);
  await_kept();
}

TEST_F(Reuse, GoesOnForTheUserThatStays) {
  service_.set_statuses({"generating"});
  auto first = attach_job(spec());
  const auto second = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return service_.polls() > 0; }));
  first.reset();
  service_.set_statuses({"completed"});
  expect_whole(read_all(*second));
  await_kept();
}

TEST_F(Reuse, SubmitsOnceForManyUsersWhoComeAndGo) {
  std::vector<std::jthread> users;
  for (int i = 0; i < 8; ++i) {
    users.emplace_back([this] {
      for (int n = 0; n < 3; ++n) expect_whole(run());
    });
  }
  users.clear();
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(Reuse, IsAnotherBuyerInAnotherStore) {
  make();
  JobSpec other = spec();
  other.store_path = dir_.file("other");
  expect_whole(run(other));
  EXPECT_EQ(service_.submissions(), 2U);
}

TEST_F(Reuse, EvictsOtherClipsWhenTheStoreIsFull) {
  make();
  JobSpec second = spec();
  second.request.take = 2;
  second.store_size = clip_.size() + 1;
  expect_whole(run(second));
  EXPECT_TRUE(service_.wait_for([&] { return !fs::exists(clip_file()); }));
  EXPECT_TRUE(entry()) << "never an entry";
}

}  // namespace
}  // namespace klingtext
