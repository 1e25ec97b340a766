// SPDX-License-Identifier: LGPL-2.1-or-later
// A finished clip over HTTP.
#include <gtest/gtest.h>

#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::testing {
namespace {

class ClipDownload : public ::testing::Test {
 protected:
  // One render serves all the tests here.
  static void SetUpTestSuite() {
    rehearsal_ = std::make_unique<Rehearsal>();
    url_ = rehearsal_->generate(body_of("rain", R"("generate_audio":false)"));
    whole_ = rehearsal_->get(url_);
  }
  static void TearDownTestSuite() { rehearsal_.reset(); }

  static HttpReply get(std::vector<std::string> headers, const std::string& method = "GET") {
    return rehearsal_->get(url_, std::move(headers), method);
  }

  static inline std::unique_ptr<Rehearsal> rehearsal_;
  static inline std::string url_;
  static inline HttpReply whole_;
};

TEST_F(ClipDownload, IsAWholeMp4WithoutAuthorization) {
  EXPECT_EQ(whole_.status, 200);
  EXPECT_EQ(whole_.header("content-type"), "video/mp4");
  EXPECT_EQ(whole_.header("content-length"), std::to_string(whole_.body.size()));
  EXPECT_EQ(whole_.header("accept-ranges"), "bytes");
  EXPECT_TRUE(whole_.header("etag").starts_with('"'));
  EXPECT_EQ(whole_.body.substr(4, 4), "ftyp");
  // The index comes first, so that a player can begin before the end is there.
  EXPECT_LT(whole_.body.find("moov"), whole_.body.find("mdat"));
}

TEST_F(ClipDownload, HeadTellsTheSameWithoutTheBytes) {
  const HttpReply reply = get({}, "HEAD");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  for (const char* name : {"content-length", "content-type", "etag", "last-modified"}) {
    EXPECT_EQ(reply.header(name), whole_.header(name)) << name;
  }
}

TEST_F(ClipDownload, SendsARange) {
  const std::string size = std::to_string(whole_.body.size());
  const HttpReply middle = get({"Range: bytes=100-299"});
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.header("content-range"), "bytes 100-299/" + size);
  EXPECT_EQ(middle.body, whole_.body.substr(100, 200));
  const HttpReply end = get({"Range: bytes=-7"});
  EXPECT_EQ(end.status, 206);
  EXPECT_EQ(end.body, whole_.body.substr(whole_.body.size() - 7));
}

TEST_F(ClipDownload, RefusesARangeBehindTheEnd) {
  const HttpReply reply = get({"Range: bytes=" + std::to_string(whole_.body.size()) + "-"});
  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(reply.header("content-range"), "bytes */" + std::to_string(whole_.body.size()));
}

TEST_F(ClipDownload, SendsARangeOnlyOfTheFileTheClientHas) {
  const std::string range = "Range: bytes=0-3";
  EXPECT_EQ(get({range, "If-Range: " + whole_.header("etag")}).status, 206);
  EXPECT_EQ(get({range, "If-Range: " + whole_.header("last-modified")}).status, 206);
  for (const std::string& condition : {std::string("\"another\""), "W/" + whole_.header("etag"),
                                       std::string("Thu, 01 Jan 1970 00:00:00 GMT")}) {
    const HttpReply reply = get({range, "If-Range: " + condition});
    EXPECT_EQ(reply.status, 200) << condition;
    EXPECT_EQ(reply.body, whole_.body) << condition;
  }
}

TEST_F(ClipDownload, IsNotSentAgainToWhoHasIt) {
  const HttpReply reply = get({"If-None-Match: " + whole_.header("etag")});
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.body, "");
}

TEST_F(ClipDownload, CannotBeWrittenTo) {
  const HttpReply reply = get({}, "DELETE");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("allow"), "GET, HEAD");
}

TEST_F(ClipDownload, ACompletedReplyHasItsDocumentedMembers) {
  const HttpReply reply =
      rehearsal_->settle(rehearsal_->submit(body_of("rain", R"("generate_audio":false)")));
  EXPECT_EQ(member(reply.body, "$.status"), "completed");
  EXPECT_EQ(member(reply.body, "$.meta.usage.credits_used"), "0");
  EXPECT_EQ(reply.header("retry-after"), "");
  EXPECT_NE(member(reply.body, "$.video.url"), url_);  // the second take is another clip
}

}  // namespace
}  // namespace klingtext::testing
