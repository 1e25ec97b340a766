// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/clip_reply.h"

#include <gtest/gtest.h>

namespace klingtext {
namespace {

using Headers = std::map<std::string, std::string>;
using Verdict = ClipReply::Verdict;

ClipReply judge(unsigned status, const Headers& headers,
                std::optional<std::uint64_t> from = std::nullopt) {
  return judge_clip_reply(
      status,
      [&](const std::string& name) {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
      },
      from, 0);
}

TEST(ClipReply, KnowsStatuses) {
  const std::pair<unsigned, Verdict> cases[] = {
      {200, Verdict::whole},     {301, Verdict::elsewhere}, {302, Verdict::elsewhere},
      {307, Verdict::elsewhere}, {308, Verdict::elsewhere}, {401, Verdict::expired},
      {403, Verdict::expired},   {404, Verdict::expired},   {410, Verdict::expired},
      {416, Verdict::no_range},  {408, Verdict::later},     {429, Verdict::later},
      {500, Verdict::later},     {502, Verdict::later},     {503, Verdict::later},
      {206, Verdict::unusable},  {204, Verdict::unusable},  {304, Verdict::unusable},
      {451, Verdict::unusable}};
  for (const auto& [status, verdict] : cases) {
    EXPECT_EQ(judge(status, {}).verdict, verdict) << status;
    EXPECT_EQ(judge(status, {}).why.empty(), status == 200) << status;
  }
}

TEST(ClipReply, PinsLengthAndStrongETag) {
  const ClipReply reply = judge(200, {{"content-length", "77"}, {"etag", "\"x\""}});
  EXPECT_EQ(reply.pin.length, 77U);
  EXPECT_EQ(reply.pin.validator, "\"x\"");
}

TEST(ClipReply, FallsBackToTheDateBehindAWeakETag) {
  const std::string date = "Thu, 01 Jan 2026 00:00:00 GMT";
  EXPECT_EQ(judge(200, {{"etag", "W/\"x\""}, {"last-modified", date}}).pin.validator, date);
  EXPECT_EQ(judge(200, {{"etag", "W/\"x\""}}).pin.validator, "");
  EXPECT_EQ(judge(200, {{"etag", "x"}}).pin.validator, "");
}

TEST(ClipReply, BelievesNoLengthOfAChunkedBody) {
  EXPECT_EQ(judge(200, {{"content-length", "77"}, {"transfer-encoding", "chunked"}}).pin.length,
            0U);
  EXPECT_EQ(judge(200, {{"content-length", "many"}}).pin.length, 0U);
}

TEST(ClipReply, TriesAgainWhereTheBodyIsEmpty) {
  EXPECT_EQ(judge(200, {{"content-length", "0"}}).verdict, Verdict::later);
}

TEST(ClipReply, TakesAPartThatBeginsWhereItWasAskedFor) {
  const ClipReply reply =
      judge(206, {{"content-range", "bytes 100-199/1000"}, {"etag", "\"x\""}}, 100);
  EXPECT_EQ(reply.verdict, Verdict::part);
  EXPECT_EQ(reply.pin.length, 1000U);
  EXPECT_EQ(judge(206, {{"content-range", "bytes 100-199/*"}}, 100).pin.length, 0U);
}

TEST(ClipReply, TakesNoOtherPart) {
  for (const char* range : {"bytes 0-99/1000", "bytes 101-199/1000", "", "bytes */1000", "garbage",
                            "bytes 100-99/1000", "bytes 100-1000/1000"}) {
    EXPECT_EQ(judge(206, {{"content-range", range}}, 100).verdict, Verdict::no_range) << range;
  }
}

// The first bytes tell whether it is an MP4.
TEST(ClipReply, DoesNotJudgeAWholeFileByContentEncoding) {
  for (const char* encoding : {"gzip", "aws-chunked", "x", "identity", "UTF-8"}) {
    EXPECT_EQ(judge(200, {{"content-encoding", encoding}}).verdict, Verdict::whole);
  }
}

TEST(ClipReply, TakesNoCompressedPart) {
  const auto verdict_of = [](const char* encoding) {
    return judge(206, {{"content-encoding", encoding}, {"content-range", "bytes 5-9/100"}}, 5)
        .verdict;
  };
  for (const char* encoding : {"gzip", "X-GZIP", "aws-chunked, gzip", "br", "deflate", "zstd"}) {
    EXPECT_EQ(verdict_of(encoding), Verdict::no_range) << encoding;
  }
  for (const char* encoding : {"aws-chunked", "x", "identity", "UTF-8", ""}) {
    EXPECT_EQ(verdict_of(encoding), Verdict::part) << encoding;
  }
}

TEST(ClipReply, SaysHowLongToWait) {
  EXPECT_EQ(judge(503, {{"retry-after", "7"}}).retry_after, Seconds(7));
  EXPECT_EQ(judge(503, {}).retry_after, std::nullopt);
}

TEST(ContentRange, IsReadStrictly) {
  const auto range = parse_content_range("Bytes 5-9/100");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 5U);
  EXPECT_EQ(range->last, 9U);
  EXPECT_EQ(range->total, 100U);
  EXPECT_TRUE(parse_content_range("bytes 0-18446744073709551614/18446744073709551615"));
  for (const char* wrong :
       {"", "bytes", "bytes ", "bytes 5/100", "bytes 5-9", "bytes -9/100", "bytes 5-/100",
        "bytes 9-5/100", "bytes 5-100/100", "bytes 5-9/", "bytes 5-9/x", "items 5-9/100",
        "bytes 5-9/100x", "bytes +5-9/100", "bytes 5--9/100",
        "bytes 99999999999999999999-99999999999999999999/*"}) {
    EXPECT_FALSE(parse_content_range(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace klingtext
