// SPDX-License-Identifier: LGPL-2.1-or-later
// Every fault of a storage server that can be overcome delivers the clip's bytes, every other one a
// precise error.
#include <random>

#include "support/job_fixture.h"
#include "support/sampled_mp4.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;
using Answers = std::vector<Answer>;

struct Case {
  const char* name;
  Answers answers;  // then it behaves
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class ClipFaults : public test::JobFixture {
 protected:
  ClipFaults() {
    timeout_ = 1;
    service_.set_statuses({"completed"});
    set_clip(test::fake_mp4({.size = 600000}));
  }
};
class PassingClipFault : public ClipFaults, public testing::WithParamInterface<Case> {};
class ClipError : public ClipFaults, public testing::WithParamInterface<Case> {};

TEST_P(PassingClipFault, StillDeliversTheClipsBytes) {
  service_.on_clip(GetParam().answers);
  expect_whole(run());
  await_kept();
  EXPECT_TRUE(test::get(clip_file()) == clip_);
  EXPECT_EQ(service_.submissions(), 1U);
}

Answer cut(std::uint64_t after) {
  return Answer::normal().cut_after(after);
}
Answer plain() {
  return Answer::normal();
}

INSTANTIATE_TEST_SUITE_P(
    Ends, PassingClipFault,
    testing::Values(Case{"Cut", {cut(300000)}}, Case{"CutAtOnce", {cut(0)}},
                    Case{"CutInTheHead", {cut(5)}}, Case{"CutAtTheLastByte", {cut(599999)}},
                    Case{"CutThreeTimes", {cut(100000), cut(1), cut(200000)}},
                    Case{"Reset", {Answer::normal().reset_after(300000)}},
                    Case{"Stall", {Answer::normal().hold_after(300000)}},
                    Case{"StallAndCut", {Answer::normal().hold_after(1000), cut(300)}},
                    Case{"Lost", {Answer::normal().lost()}},
                    Case{"NoHttp", {Answer::normal().garbage()}},
                    Case{"Empty", {Answer::body("", "video/mp4")}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Framing, PassingClipFault,
    testing::Values(Case{"Chunked", {plain().chunked()}},
                    Case{"CutChunked", {plain().chunked().cut_after(300000)}},
                    Case{"CutChunkedTwice",
                         {plain().chunked().cut_after(300000), plain().chunked().cut_after(400000),
                          plain().chunked()}},
                    Case{"WithoutLength", {plain().without_length()}},
                    Case{"CutWithoutLength", {plain().without_length().cut_after(300000)}},
                    Case{"EmptyChunked", {Answer::body("", "video/mp4").chunked()}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Ranges, PassingClipFault,
    testing::Values(
        Case{"Ignored", {cut(300000), plain().ignoring_range()}},
        Case{"IgnoredAndCut", {cut(300000), plain().ignoring_range().cut_after(400000)}},
        Case{"WrongContentRange", {cut(300000), plain().content_range("bytes 0-299999/600000")}},
        Case{"WrongContentRangeTwice",
             {cut(300000), plain().content_range("bytes 0-9/600000"),
              plain().content_range("bytes 0-9/600000")}},
        Case{"GarbageContentRange", {cut(300000), plain().content_range("nonsense")}},
        Case{"UnknownTotal", {cut(300000), plain().content_range("bytes 300000-599999/*")}},
        Case{"NotSatisfiable", {cut(300000), Answer::status(416)}},
        Case{"NoETagInThePart", {cut(300000), plain().without_etag()}},
        Case{"OnlyADateInThePart",
             {cut(300000),
              plain().without_etag().header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")}},
        Case{"PartBodyCut", {cut(300000), cut(1000)}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Validators, PassingClipFault,
    testing::Values(Case{"None", {cut(300000).without_etag(), plain().without_etag()}},
                    Case{"Weak", {cut(300000).etag("W/\"x\""), plain().etag("W/\"x\"")}},
                    Case{"None3",
                         {cut(1000).without_etag(), cut(300000).without_etag(),
                          plain().without_etag()}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Statuses, PassingClipFault,
    testing::Values(Case{"Unavailable", {Answer::status(503)}},
                    Case{"UnavailableUntil", {Answer::status(503).header("Retry-After", "1")}},
                    Case{"ServerErrors", {Answer::status(500), Answer::status(502)}},
                    Case{"TooMany", {Answer::status(429).header("Retry-After", "0")}},
                    Case{"UnavailableInTheMiddle", {cut(300000), Answer::status(503)}}),
    [](const auto& one) { return one.param.name; });

TEST_P(ClipError, IsToldPreciselyAndTheNextRunSucceeds) {
  service_.on_clip(GetParam().answers);
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_read) << error.message;
  EXPECT_EQ(error.generation_id, service_.generation_ids().at(0));
  EXPECT_TRUE(holds(error.message, "without paying again")) << error.message;
  const std::string again = "The video cannot be downloaded";
  EXPECT_EQ(error.message.find(again), error.message.rfind(again)) << error.message;
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    All, ClipError,
    testing::Values(Case{"PartInsteadOfTheWhole", {Answer::body(std::string(99, 'x'), "v", 206)}},
                    Case{"FileScheme", {Answer::redirect("file:///etc/passwd")}},
                    Case{"FtpScheme", {Answer::redirect("ftp://127.0.0.1/x")}},
                    Case{"NoLocation", {Answer::status(302)}},
                    Case{"BrokenLocation", {Answer::redirect("http://[::1/x")}},
                    Case{"NotModified", {Answer::status(304)}},
                    Case{"LegalReasons", {Answer::status(451)}}),
    [](const auto& one) { return one.param.name; });

// What another run would find again is named, and running it again is not advised.
TEST_F(ClipFaults, NameWhatIsNoMp4) {
  const std::string binary("\x01\x02\x03\x04\xff\xfe\xfd\x01\x02\x03\x04\x05\x06", 13);
  const std::pair<Answer, const char*> cases[] = {
      {plain().gzip(), "gzip data (Content-Encoding: gzip)"},
      {Answer::body("<html>\n<body>", "text/html"), "a web page"},
      {Answer::json("{\"error\":1}"), "a JSON document"},
      {Answer::body("\x1a\x45\xdf\xa3" + std::string(600, '\x01'), "video/webm"),
       "a WebM or Matroska file"},
      {Answer::body("hi", "video/mp4"), "text that begins \"hi\""},
      {Answer::body("Access denied,\nsorry", "text/plain"), "text that begins \"Access denied,\""},
      {Answer::body(binary, "video/mp4"), "binary data"},
      {Answer::body(binary + std::string(2000, 'x'), "video/mp4").chunked(), "binary data"}};
  unsigned take = 0;
  for (const auto& [answer, kind] : cases) {
    service_.on_clip({answer});
    JobSpec one = spec();
    one.request.take = ++take;
    const unsigned before = service_.clip_requests();
    const Error error = error_of(one);
    EXPECT_EQ(error.kind, ErrorKind::cannot_read);
    EXPECT_TRUE(holds(error.message, kind)) << error.message;
    EXPECT_FALSE(holds(error.message, "run this again")) << error.message;
    EXPECT_TRUE(holds(error.message, "report its id")) << error.message;
    EXPECT_TRUE(g_utf8_validate(error.message.c_str(), -1, nullptr));
    EXPECT_EQ(service_.clip_requests(), before + 1);
    expect_whole(run(one));
  }
  EXPECT_EQ(service_.submissions(), std::size(cases));
}

class OddClip : public ClipFaults, public testing::WithParamInterface<std::string> {};

// By a server that says no length: one download, and every byte of it.
TEST_P(OddClip, IsTakenWithEveryByte) {
  set_clip(GetParam());
  unsigned take = 0;
  for (const Answer& answer :
       {plain().chunked(), plain().without_length(), plain(),
        plain().header("Content-Encoding", "aws-chunked"),
        plain().chunked().header("Content-Encoding", "gzip"),
        plain().header("Content-Encoding", "nonsense, more").cut_after(GetParam().size() / 2)}) {
    service_.on_clip({answer});
    JobSpec one = spec();
    one.request.take = ++take;
    expect_whole(run(one));
  }
  EXPECT_EQ(service_.clip_requests(), take + 1);
  EXPECT_EQ(service_.submissions(), take);
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, OddClip,
    testing::Values(test::sampled_mp4(), test::sampled_mp4({.index = test::Mp4Index::end}),
                    test::sampled_mp4({.extent = test::Mp4Extent::to_end}),
                    test::sampled_mp4() + "\r\n", test::sampled_mp4() + std::string(5000, '\0'),
                    test::sampled_mp4() + "Copyright by somebody, and more text than a box head",
                    test::fragmented_mp4(), test::fragmented_mp4({.has_segment_index = true}) + "x",
                    test::fragmented_mp4({.last = test::Mp4Extent::to_end}),
                    test::mp4_box("pdin", std::string(12, '\1')) + test::fragmented_mp4(),
                    test::mp4_box("styp", "msdh") + test::fragmented_mp4(),
                    test::mp4_box("meta", std::string(40, '\0')) + test::fragmented_mp4(),
                    test::mp4_box("free", "") + test::fragmented_mp4(),
                    test::fragmented_mp4().substr(test::fragmented_mp4().find("moof") - 4) +
                        test::fragmented_mp4()),
    [](const auto& one) { return "Layout" + std::to_string(one.index); });

// Its mdat ends where the file does, so only the samples show that it was cut.
TEST_F(ClipFaults, IncludeACutOpenBoxWithoutALength) {
  const std::string open = test::sampled_mp4({.samples = 4000, .extent = test::Mp4Extent::to_end});
  const std::string fragments =
      test::fragmented_mp4({.fragments = 30, .samples = 100, .last = test::Mp4Extent::to_end});
  unsigned take = 0;
  for (const std::string& clip : {open, fragments}) {
    set_clip(clip);
    for (const std::size_t missing : {std::size_t{1}, std::size_t{777}, std::size_t{4900}}) {
      const std::size_t end = clip.size() - missing;
      service_.on_clip({plain().without_length().cut_after(end), plain().chunked().cut_after(end),
                        plain().without_length()});
      JobSpec one = spec();
      one.request.take = ++take;
      expect_whole(run(one));
    }
  }
  EXPECT_EQ(service_.clip_requests(), 3 * take);
}

// Nothing but the duration or the index that the file declares shows that fragments are missing.
TEST_F(ClipFaults, IncludeACutBetweenFragmentsWithoutALength) {
  const std::size_t one =
      test::fragmented_mp4({.fragments = 2}).size() - test::fragmented_mp4({.fragments = 1}).size();
  unsigned take = 0;
  for (const bool has_segment_index : {true, false}) {
    set_clip(test::fragmented_mp4(
        {.fragments = 9, .has_segment_index = has_segment_index, .has_duration = true}));
    const auto end = [&](unsigned missing) { return clip_.size() - missing * one; };
    service_.on_clip({plain().chunked().cut_after(end(1)),
                      plain().without_length().cut_after(end(5)), plain().chunked()});
    JobSpec one_take = spec();
    one_take.request.take = ++take;
    expect_whole(run(one_take));
  }
  EXPECT_EQ(service_.clip_requests(), 3 * take);
  EXPECT_EQ(service_.submissions(), take);
}

TEST_F(ClipFaults, EndAfterThreeCutsAtTheSameByteWithoutALength) {
  for (const std::uint64_t end : {std::uint64_t{123456}, std::uint64_t{599999}}) {
    const Answer cut_there = plain().chunked().cut_after(end);
    service_.on_clip({plain().chunked().cut_after(700), cut_there, cut_there, cut_there});
    const unsigned before = service_.clip_requests();
    const Error error = error_of_run();
    EXPECT_EQ(error.kind, ErrorKind::cannot_read);
    EXPECT_TRUE(holds(error.message, "ends after " + std::to_string(end) + " bytes each time"))
        << error.message;
    EXPECT_EQ(service_.clip_requests(), before + 4);
  }
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(ClipFaults, IncludeAClipLargerThanAllowed) {
  JobSpec small = spec();
  small.max_clip_size = clip_.size() - 1;
  for (const Answer& answer : {plain(), plain().chunked(), plain().without_length()}) {
    service_.on_clip({answer});
    const Error error = error_of(small);
    EXPECT_EQ(error.kind, ErrorKind::cannot_read);
    EXPECT_TRUE(holds(error.message, "max-clip-size")) << error.message;
  }
  small.max_clip_size = clip_.size();
  expect_whole(run(small));
  await_kept();
}

TEST_F(ClipFaults, GoOnWithTheMissingBytesOnly) {
  service_.on_clip({cut(400000)});
  expect_whole(run());
  await_kept();
  const auto asked = service_.clip_request_list();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].header("Range"), std::nullopt);
  EXPECT_EQ(asked[1].header("Range"), "bytes=400000-");
  EXPECT_EQ(asked[1].header("If-Range"), "\"clip-2\"");
}

// A part that the server compresses has the right range and length in its headers, and other bytes.
TEST_F(ClipFaults, IncludeACompressedPart) {
  service_.on_clip({cut(400000), plain().gzip()});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.clip_requests(), 3U);
}

TEST_F(ClipFaults, AreOvercomeAtAnyByte) {
  std::mt19937 random(4);
  const unsigned takes = g_getenv("KLINGTEXT_LONG") != nullptr ? 1000 : 20;
  for (unsigned take = 1; take <= takes; ++take) {
    service_.on_clip({cut(random() % clip_.size()), cut(random() % 100000)});
    JobSpec one = spec();
    one.request.take = take;
    expect_whole(run(one));
  }
}

TEST_F(ClipFaults, EndAfterAFewServerErrorsInARow) {
  service_.always_on_clip(Answer::status(503).header("Retry-After", "0"));
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "503")) << error.message;
  EXPECT_EQ(service_.clip_requests(), 9U);
}

TEST_F(ClipFaults, DoNotKeepAReaderAheadFromAnotherConnection) {
  timeout_ = 600;
  service_.on_clip({plain().hold_after(100000)});
  const auto job = attach_job(spec());
  const auto come = [&](std::uint64_t offset) {
    const auto there = (*job)->clip().wait_for(
        offset, 1, [] { return false; },
        std::chrono::steady_clock::now() + test::ScriptedService::kPatience);
    return there.ok() && *there;
  };
  ASSERT_TRUE(come(99999));
  // Not a byte comes any more, and no timeout is near.
  EXPECT_TRUE(come(590000));
  service_.release();
  expect_whole(read_all(*job));
  await_kept();
}

TEST_F(ClipFaults, LetAReaderAheadReadTheEndFirst) {
  service_.on_clip({plain().hold_after(100000)});
  const auto job = attach_job(spec());
  ASSERT_TRUE(service_.wait_for([&] { return (*job)->clip().length().has_value(); }));
  // The first connection is never released: only another one can bring this.
  const Received end = read_all(*job, 590000);
  EXPECT_EQ(end.bytes, clip_.substr(590000));
  service_.release();
  expect_whole(read_all(*job));
  await_kept();
}

}  // namespace
}  // namespace klingtext
