// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the clip's link leads, and what happens when it leads nowhere any more.
#include "job/clip_link.h"
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class Links : public test::JobFixture {
 protected:
  Links() { service_.set_statuses({"completed"}); }
  void expect_no_key_sent_for_clips() const {
    for (const auto& request : service_.clip_request_list()) {
      EXPECT_EQ(request.header("Authorization"), std::nullopt);
      EXPECT_EQ(request.header("X-Client-Request-Id"), std::nullopt);
    }
  }
};

TEST_F(Links, NeverGetTheKey) {
  for (const auto origin : {test::ClipOrigin::same, test::ClipOrigin::second}) {
    service_.set_script({.statuses = {"completed"}, .clip_origin = origin});
    JobSpec one = spec();
    one.request.take = static_cast<unsigned>(origin) + 1;
    expect_whole(run(one));
  }
  EXPECT_EQ(service_.clip_requests(), 2U);
  expect_no_key_sent_for_clips();
}

TEST_F(Links, AreFollowedWithinAnOriginAndToAnother) {
  const std::string same = "/clips/moved.mp4?signature=other";
  const std::string other = service_.second_origin() + "/clips/moved.mp4";
  unsigned take = 0;
  for (const std::string& target : {same, other}) {
    for (const unsigned code : {301U, 302U, 303U, 307U, 308U}) {
      service_.on_clip({Answer::redirect(target, code)});
      JobSpec one = spec();
      one.request.take = ++take;
      expect_whole(run(one));
    }
  }
  EXPECT_EQ(service_.clip_requests(), 20U);
  expect_no_key_sent_for_clips();
}

TEST_F(Links, KeepAskingForTheSameRangeBehindARedirect) {
  service_.on_clip({Answer::normal().cut_after(20000), Answer::redirect("/clips/moved.mp4")});
  expect_whole(run());
  EXPECT_EQ(service_.clip_request_list().back().header("Range"), "bytes=20000-");
  await_kept();
}

TEST_F(Links, AreNotFollowedRoundInCircles) {
  service_.always_on_clip(Answer::redirect("/clips/again.mp4"));
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "circles")) << error.message;
  EXPECT_LE(service_.clip_requests(), 10U);
}

TEST_F(Links, ThatExpiredAreAskedForAnew) {
  unsigned take = 0;
  for (const unsigned status : {403U, 404U, 410U}) {
    service_.on_clip({Answer::status(status)});
    const unsigned polls = service_.polls();
    JobSpec one = spec();
    one.request.take = ++take;
    expect_whole(run(one));
    EXPECT_EQ(service_.polls(), polls + 2);
  }
  const auto asked = service_.clip_request_list();
  EXPECT_NE(asked.at(0).target, asked.at(1).target) << "the fresh link";
}

TEST_F(Links, ThatExpireInTheMiddleGoOnWithTheMissingBytes) {
  service_.on_clip({Answer::normal().cut_after(20000), Answer::status(403)});
  expect_whole(run());
  EXPECT_EQ(service_.clip_request_list().back().header("Range"), "bytes=20000-");
  await_kept();
}

TEST_F(Links, ThatStayExpiredEndInAnError) {
  service_.always_on_clip(Answer::status(404).header("Retry-After", "0"));
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_TRUE(holds(error.message, "fresh links")) << error.message;
  EXPECT_EQ(service_.clip_requests(), 6U);
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Links, AreNeverQuotedWithTheirSignature) {
  service_.always_on_clip(Answer::status(404).header("Retry-After", "0"));
  EXPECT_FALSE(holds(error_of_run().message, "signature"));
  service_.always_on_clip(Answer::redirect("http://127.0.0.1:1/x?signature=s"));
  service_.on_clip({Answer::redirect("ftp://127.0.0.1/x?signature=s")});
  EXPECT_FALSE(holds(error_of_run().message, "signature"));
}

TEST_F(Links, MayBeRelativeToTheAnswer) {
  const std::string host = service_.base_url().substr(5, service_.base_url().find("/v2") - 5);
  unsigned take = 0;
  for (const std::string& url : {host + "/clips/a.mp4?signature=s", std::string("/clips/a.mp4"),
                                 std::string("../../clips/a.mp4"), service_.clip_url()}) {
    service_.on_poll(
        {Answer::json(R"({"id":"x","status":"completed","video":{"url":")" + url + "\"}}")});
    JobSpec one = spec();
    one.request.take = ++take;
    expect_whole(run(one));
  }
  EXPECT_EQ(service_.clip_requests(), take);
  expect_no_key_sent_for_clips();
}

TEST(ClipLink, IsResolvedAsALocationIs) {
  const std::string from = "https://api.example/v2/video/generations";
  EXPECT_EQ(clip_link(from, "//cdn.example/v.mp4?s=1"), "https://cdn.example/v.mp4?s=1");
  EXPECT_EQ(clip_link(from, "/v.mp4"), "https://api.example/v.mp4");
  EXPECT_EQ(clip_link(from, "v.mp4"), "https://api.example/v2/video/v.mp4");
  EXPECT_EQ(clip_link(from, "?s=1"), "https://api.example/v2/video/generations?s=1");
  for (const char* unchanged : {"https://cdn.example/v.mp4?a=%20b", "http://cdn.example/v",
                                "file:///etc/passwd", "data:,x", "not a url", "//[::1/x"}) {
    EXPECT_EQ(clip_link(from, unchanged), unchanged);
  }
}

TEST_F(Links, AreOfTheWebOnly) {
  for (const std::string url :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "not a url", "data:,x"}) {
    service_.on_poll(
        {Answer::json(R"({"id":"x","status":"completed","video":{"url":")" + url + "\"}}")});
    const Error error = error_of_run();
    EXPECT_EQ(error.kind, ErrorKind::cannot_read) << url;
    EXPECT_TRUE(holds(error.message, "not an http(s) URL")) << error.message;
  }
  EXPECT_EQ(service_.clip_requests(), 0U);
}

}  // namespace
}  // namespace klingtext
