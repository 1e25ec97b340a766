// SPDX-License-Identifier: LGPL-2.1-or-later
// Clips as storage servers serve them: what plays is taken as it is, what was cut is fetched again,
// and what is no MP4 is named.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

// Real, with its index in front, and an mdat that goes on to the end of the file.
std::string open_ended_clip() {
  std::string clip = tiny_mp4();
  const std::size_t type = clip.rfind("mdat");
  clip.replace(type - 4, 4, 4, '\0');
  return clip;
}

// Plays it to the end; what came out is what the service has.
void expect_delivered(Shop& shop, const std::string& clip, unsigned requests) {
  const std::string file = shop.dir.file("out.mp4");
  Pipeline pipeline(shop.source() + " ! filesink location=" + file);
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(bytes_of(file) == clip);
  EXPECT_EQ(shop.service.clip_requests(), requests);
  EXPECT_EQ(shop.service.submissions(), 1U);
  Pipeline decoded(shop.source() + " ! decodebin ! fakesink");
  EXPECT_TRUE(decoded.play()) << decoded.errors();
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(OddClip, KeepsBytesBehindItsLastBox) {
  for (Answer answer : {Answer::normal().chunked(), Answer::normal().without_length()}) {
    Shop shop({.statuses = {"completed"}});
    const std::string clip = tiny_mp4() + "and some bytes that no box has";
    shop.service.set_clip(clip);
    shop.service.on_clip({answer});
    expect_delivered(shop, clip, 1);
  }
}

TEST(OddClip, IsTakenWhateverContentEncodingSays) {
  for (const char* encoding : {"aws-chunked", "gzip", "UTF-8"}) {
    Shop shop({.statuses = {"completed"}});
    shop.service.set_clip(tiny_mp4());
    shop.service.on_clip({Answer::normal().header("Content-Encoding", encoding)});
    expect_delivered(shop, tiny_mp4(), 1);
  }
}

TEST(OddClip, IsFetchedAgainWhereItsOpenBoxWasCut) {
  Shop shop({.statuses = {"completed"}});
  const std::string clip = open_ended_clip();
  shop.service.set_clip(clip);
  shop.service.on_clip({Answer::normal().without_length().cut_after(clip.size() - 1),
                        Answer::normal().chunked().cut_after(clip.size() / 2),
                        Answer::normal().without_length()});
  expect_delivered(shop, clip, 3);
}

TEST(OddClip, IsTakenFromARelativeUrl) {
  Shop shop({.statuses = {"completed"}});
  shop.service.set_clip(tiny_mp4());
  const std::string base = shop.service.base_url();
  const std::string host = base.substr(5, base.find("/v2") - 5);
  shop.service.on_poll({Answer::json(R"({"id":"$ID","status":"completed","video":{"url":")" + host +
                                     R"(/clips/x.mp4"}})")});
  expect_delivered(shop, tiny_mp4(), 1);
}

struct Case {
  const char* content;
  const char* kind;
};

TEST(ContentThatIsNoMp4, IsNamedAndNotFetchedAgain) {
  const Case cases[] = {{"<html><body>Gone</body></html>", "a web page"},
                        {"{\"message\":\"Gone\"}", "a JSON document"},
                        {"\x1a\x45\xdf\xa3\x42\x86\x81\x01\x42\xf7", "a WebM or Matroska file"},
                        {"Gone\nfor good", "text that begins \"Gone\""},
                        {"\x01\x02\x03\x04\xff\xfe\xfd\x05\x06\x07\x08\x0e\x0f", "binary data"}};
  for (const auto& [content, kind] : cases) {
    Shop shop({.statuses = {"completed"}});
    shop.service.on_clip({Answer::body(content, "video/mp4")});
    Pipeline pipeline(shop.source() + " ! fakesink");
    EXPECT_FALSE(pipeline.play());
    const Messages errors = of_type(pipeline.messages(), GST_MESSAGE_ERROR);
    ASSERT_FALSE(errors.empty());
    const Failure failure = failure_of(errors.front());
    EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
    EXPECT_NE(failure.sentence.find(kind), std::string::npos) << failure.sentence;
    EXPECT_EQ(failure.sentence.find("run this again"), std::string::npos) << failure.sentence;
    EXPECT_EQ(shop.service.clip_requests(), 1U);
    EXPECT_EQ(shop.service.submissions(), 1U);
  }
}

}  // namespace
}  // namespace klingtext::test
