// SPDX-License-Identifier: LGPL-2.1-or-later
// A download goes on in the next run.
#include <sys/wait.h>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;

class Resume : public test::JobFixture {
 protected:
  Resume() {
    service_.set_statuses({"completed"});
    set_clip(test::fake_mp4({.size = 600000}));
  }
  // A run that is left when so many bytes have been read.
  void leave_after(std::uint64_t bytes, Answer answer = Answer::normal()) {
    service_.on_clip({answer.hold_after(bytes)});
    {
      const auto job = attach_job(spec());
      EXPECT_EQ(read_all(*job, 0, bytes).bytes.size(), bytes);
    }
    // The job that was left lets go of its file.
    EXPECT_TRUE(service_.wait_for([&] {
      auto store = StoreDir::open(store_path());
      auto lock = (*store)->try_lock(key_of(spec()) + ".part");
      return lock.ok() && lock->has_value();
    }));
  }
};

TEST_F(Resume, FetchesOnlyTheMissingBytes) {
  leave_after(200000);
  const unsigned before = service_.clip_requests();
  service_.release();
  const auto job = attach_job(spec());
  expect_whole(read_all(*job));
  await_kept();
  const auto asked = service_.clip_request_list();
  ASSERT_EQ(asked.size(), before + 1);
  EXPECT_EQ(asked.back().header("Range"), "bytes=200000-");
  EXPECT_EQ((*job)->report().bytes, 400000U);
}

TEST_F(Resume, StartsOverWhereTheFileChangedMeanwhile) {
  leave_after(200000);
  set_clip(test::fake_mp4({.size = 600000, .seed = 2}));
  service_.release();
  const auto job = attach_job(spec());
  await_kept();
  expect_whole(read_all(*job));
}

TEST_F(Resume, ComparesEveryByteWhereNothingPinsTheFile) {
  leave_after(200000, Answer::normal().without_etag());
  service_.always_on_clip(Answer::normal().without_etag());
  service_.release();
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.clip_request_list().back().header("Range"), std::nullopt);
}

TEST_F(Resume, LeavesTheClipToASecondRunWhileTheFirstStillReads) {
  service_.on_clip({Answer::normal().hold_after(200000)});
  const auto first = attach_job(spec());
  EXPECT_EQ(read_all(*first, 0, 200000).bytes.size(), 200000U);
  // Another process, as far as locks can tell: the registry of this one knows the id's job only.
  JobSpec other = spec();
  other.generation_id = service_.generation_ids().at(0);
  expect_whole(run(other));
  service_.release();
  expect_whole(read_all(*first));
  await_kept();
  EXPECT_TRUE(test::get(clip_file()) == clip_);
}

}  // namespace
}  // namespace klingtext
