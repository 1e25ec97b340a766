// SPDX-License-Identifier: LGPL-2.1-or-later
// The file at the service becomes another one. What was handed out is never mixed with it.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class ClipChanges : public test::JobFixture {
 protected:
  ClipChanges() {
    service_.set_statuses({"completed"});
    set_clip(test::fake_mp4({.size = 600000, .seed = 1}));
  }
  // Lets the first connection bring half of the old clip, then puts another one there.
  std::shared_ptr<JobHandle> job_in_the_middle(Answer first) {
    service_.on_clip({first.cut_after(300000).hold()});
    auto job = attach_job(spec());
    EXPECT_TRUE(service_.wait_for([&] { return service_.clip_requests() == 1; }));
    return job;
  }
  void change(std::size_t size = 600000) { set_clip(test::fake_mp4({.size = size, .seed = 2})); }
};

TEST_F(ClipChanges, StartOverWhereNothingWasReadYet) {
  for (const std::size_t size : {600000U, 500000U, 700000U}) {
    JobSpec one = spec();
    one.request.take = static_cast<unsigned>(size);
    set_clip(test::fake_mp4({.size = 600000, .seed = 1}));
    service_.hold_again();
    service_.on_clip({Answer::normal().cut_after(300000).hold()});
    const unsigned before = service_.clip_requests();
    const auto job = attach_job(one);
    ASSERT_TRUE(service_.wait_for([&] { return service_.clip_requests() > before; }));
    change(size);
    service_.release();
    ASSERT_TRUE(service_.wait_for([&] {
      const auto known = entry(key_of(one));
      return known && known->clip;
    }));
    expect_whole(read_all(*job));
  }
}

TEST_F(ClipChanges, StartOverWithoutAValidator) {
  service_.always_on_clip(Answer::normal().without_etag());
  const auto job = job_in_the_middle(Answer::normal().without_etag());
  change();
  service_.release();
  await_kept();
  expect_whole(read_all(*job));
}

TEST_F(ClipChanges, StartOverWithoutALength) {
  service_.always_on_clip(Answer::normal().chunked());
  const auto job = job_in_the_middle(Answer::normal().chunked());
  change(500000);
  service_.release();
  await_kept();
  expect_whole(read_all(*job));
}

TEST_F(ClipChanges, StartOverWhereAPartHasAnotherTotal) {
  const auto job = job_in_the_middle(Answer::normal());
  service_.on_clip({Answer::normal().total(700000)});
  service_.release();
  await_kept();
  expect_whole(read_all(*job));
}

TEST_F(ClipChanges, EndInAnErrorWhereBytesWereRead) {
  for (const bool validator : {true, false}) {
    service_.hold_again();
    JobSpec one = spec();
    one.request.take = validator ? 1 : 2;
    set_clip(test::fake_mp4({.size = 600000, .seed = 1}));
    const std::string old = clip_;
    Answer first = Answer::normal().hold_after(300000).cut_after(300000);
    if (!validator) {
      first.without_etag();
      service_.always_on_clip(Answer::normal().without_etag());
    }
    service_.on_clip({first});
    const auto job = attach_job(one);
    Received received = read_all(*job, 0, 100000);
    EXPECT_FALSE(received.error);
    change();
    service_.release();
    const Received rest = read_all(*job, received.bytes.size());
    ASSERT_TRUE(rest.error);
    EXPECT_EQ(rest.error->kind, ErrorKind::cannot_read);
    EXPECT_TRUE(holds(rest.error->message, "changed")) << rest.error->message;
    received.bytes += rest.bytes;
    EXPECT_TRUE(old.starts_with(received.bytes)) << "old and new bytes were mixed";
    // And the next run begins with the new one.
    expect_whole(run(one));
  }
}

TEST_F(ClipChanges, EndInAnErrorWhereItNeverStaysTheSame) {
  std::vector<Answer> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(Answer::normal().etag("\"" + std::to_string(i) + "\"").cut_after(1000));
  }
  service_.on_clip(answers);
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return (*job)->report().status == JobStatus::failed; }));
  const Received received = read_all(*job, 599999);
  ASSERT_TRUE(received.error);
  EXPECT_TRUE(holds(received.error->message, "changed")) << received.error->message;
}

}  // namespace
}  // namespace klingtext
