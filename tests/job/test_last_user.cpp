// SPDX-License-Identifier: LGPL-2.1-or-later
// A user may leave at any moment, and nothing paid for gets lost.
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;

class LastUser : public test::JobFixture {
 protected:
  bool is_noted() const {
    const auto known = entry();
    return known && known->state == EntryState::accepted && !known->generation_id.empty();
  }
};

TEST_F(LastUser, LeavesASubmissionToItsAnswer) {
  service_.on_submit({Answer::normal().hold()});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  }
  // Here the user is gone and the service still silent: leaving took no answer.
  EXPECT_EQ(service_.open_connections(), 1U) << "the submission is not cut";
  EXPECT_EQ(entry()->state, EntryState::intent);
  service_.release();
  ASSERT_TRUE(service_.wait_for([&] { return is_noted(); }));
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(service_.polls(), 0U) << "and then the job ends";
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(LastUser, MayComeBackWhileTheSubmissionIsInFlight) {
  service_.on_submit({Answer::normal().hold()});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  }
  const auto job = attach_job(spec());
  service_.release();
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(LastUser, EndsAPollThatHangs) {
  service_.on_poll({Answer::normal().hold()});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.polls() == 1; }));
  }
  EXPECT_TRUE(service_.wait_for([&] { return service_.open_connections() == 0; }));
  EXPECT_TRUE(is_noted());
}

TEST_F(LastUser, LeavesThePaidClipToItsDownload) {
  service_.set_statuses({"completed"});
  service_.on_clip({Answer::normal().hold_after(1000)});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.counts().clip_bytes >= 1000; }));
  }
  EXPECT_FALSE(is_kept());
  service_.release();
  await_kept();
  EXPECT_TRUE(test::get(clip_file()) == clip_);
  EXPECT_EQ(service_.clip_requests(), 1U);
}

TEST_F(LastUser, MayComeBackToTheDownload) {
  service_.set_statuses({"completed"});
  service_.on_clip({Answer::normal().hold_after(1000)});
  {
    const auto job = attach_job(spec());
    ASSERT_TRUE(service_.wait_for([&] { return service_.counts().clip_bytes >= 1000; }));
  }
  const auto job = attach_job(spec());
  service_.release();
  expect_whole(read_all(*job));
  EXPECT_EQ(service_.clip_requests(), 1U);
  await_kept();
}

TEST_F(LastUser, LeavesNothingToReadBehindForAReaderThatWasInterrupted) {
  service_.on_submit({Answer::normal().hold()});
  const auto job = attach_job(spec());
  std::atomic<bool> flushing = false;
  std::jthread reader([&] {
    std::string bytes(10, '?');
    EXPECT_TRUE((*job)
                    ->clip()
                    .read_at(0, bytes, Clip::Amount::all, [&] { return flushing.load(); })
                    .stopped());
  });
  ASSERT_TRUE(service_.wait_for([&] { return service_.submissions() == 1; }));
  flushing = true;
  (*job)->clip().wake_readers();
  reader.join();
  service_.release();
  expect_whole(read_all(*job));
  await_kept();
}

// The names of this process's threads.
std::multiset<std::string> thread_names() {
  std::multiset<std::string> names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    names.insert(name);
  }
  return names;
}

TEST_F(LastUser, LeavesNoThreadBehindAfterManyJobs) {
  service_.set_statuses({"generating"});
  for (unsigned take = 1; take <= 20; ++take) {
    JobSpec one = spec();
    one.request.take = take;
    const auto job = attach_job(one);
    ASSERT_TRUE(service_.wait_for([&] { return service_.accepted() == take; }));
  }
  EXPECT_TRUE(service_.wait_for([&] { return thread_names().count("klingtext-job") == 0; }));
  EXPECT_LE(thread_names().count("klingtext-poll"), 1U);
}

TEST_F(LastUser, HasOneThreadForAllItsWaitingJobs) {
  service_.set_statuses({"generating"});
  std::vector<std::shared_ptr<JobHandle>> jobs;
  for (unsigned take = 1; take <= 50; ++take) {
    JobSpec one = spec();
    one.request.take = take;
    jobs.push_back(attach_job(one));
  }
  EXPECT_TRUE(service_.wait_for([&] {
    return service_.accepted() == 50 && thread_names().count("klingtext-job") == 0;
  }));
  EXPECT_EQ(thread_names().count("klingtext-poll"), 1U);
  service_.set_statuses({"completed"});
  for (const auto& job : jobs) expect_whole(read_all(*job));
}

}  // namespace
}  // namespace klingtext
