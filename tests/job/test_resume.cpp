// SPDX-License-Identifier: LGPL-2.1-or-later
// A download goes on in the next run.
#include <thread>

#include "job/clip_download.h"
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;

class Resume : public test::JobFixture {
 protected:
  Resume() { set_clip(test::fake_mp4({.size = 600000})); }

  // What a process leaves that ended when it had so many bytes: a generation, and a part of its
  // clip.
  void leave_after(std::uint64_t bytes, Answer answer = Answer::normal()) {
    service_.set_statuses({"generating"});
    {
      const auto job = attach_job(spec());
      ASSERT_TRUE(service_.wait_for([&] { return service_.polls() > 0; }));
    }
    service_.set_statuses({"completed"});
    service_.on_clip({answer.hold_after(bytes)});
    const auto store = StoreDir::open(store_path());
    const auto file = ClipFile::open_part(*store, key_of(spec()));
    ASSERT_TRUE(file.ok());
    Clip clip;
    clip.attach(*file, Clip::Fill::growing);
    std::stop_source stop;
    std::jthread download([&] {
      const ClipDownload::Source source{.addresses = Addresses::any,
                                        .url = service_.clip_url(),
                                        .received = [](std::uint64_t) {}};
      EXPECT_TRUE(ClipDownload(clip, **file, source, stop.get_token()).run().stopped());
    });
    std::string read(bytes, '\0');
    EXPECT_TRUE(clip.read_at(0, read, Clip::Amount::all, [] { return false; }).ok());
    stop.request_stop();
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
  service_.set_statuses({"completed"});
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
