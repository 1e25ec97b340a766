// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/wire.h"

#include <gtest/gtest.h>

#include "support/api_body.h"

namespace klingtext {
namespace {

GenerationReply read(const std::string& body) {
  auto reply = parse_generation(body);
  EXPECT_TRUE(reply.ok()) << body;
  return reply.ok() ? *reply : GenerationReply{};
}

// As a further member of an otherwise good reply.
GenerationReply read_with(const std::string& member) {
  return read(R"({"id":"a","status":"completed",)" + member + "}");
}

std::string why_unreadable(const std::string& body) {
  const auto reply = parse_generation(body);
  EXPECT_TRUE(reply.failed()) << body;
  return reply.failed() ? reply.error().why : "";
}

TEST(Wire, ReadsTheDocumentedReply) {
  const GenerationReply reply =
      read(R"({"id":"bfb9eca8-178f:klingai/video-v2-6-pro-text-to-video","status":"completed",)"
           R"("video":{"url":"https://cdn.aimlapi.com/flamingo/x_output.mp4"},"error":null,)"
           R"("meta":{"usage":{"credits_used":1400000}}})");
  EXPECT_EQ(reply.id, "bfb9eca8-178f:klingai/video-v2-6-pro-text-to-video");
  EXPECT_EQ(reply.status, ServiceStatus::completed);
  EXPECT_EQ(reply.status_text, "completed");
  EXPECT_EQ(reply.clip_url, "https://cdn.aimlapi.com/flamingo/x_output.mp4");
  EXPECT_EQ(reply.cost.credits_used, 1400000);
  EXPECT_EQ(reply.cost.usd_spent, std::nullopt);
  EXPECT_TRUE(reply.error.name.empty() && reply.error.message.empty());
}

TEST(Wire, ReadsAnIdInEverySpellingSeen) {
  EXPECT_EQ(read(R"({"id":"a"})").id, "a");
  EXPECT_EQ(read(R"({"generation_id":"b"})").id, "b");
  EXPECT_EQ(read(R"({"id":"","generation_id":"b"})").id, "b");
  EXPECT_EQ(read(R"({"id":null,"generation_id":"b"})").id, "b");
  EXPECT_EQ(read(R"({"id":12345})").id, "12345");
  EXPECT_EQ(read(R"({"id":"-dash:and/slash"})").id, "-dash:and/slash");
  EXPECT_EQ(read(R"({"id":{"a":1},"status":"queued"})").id, "");
  // The journal would not give these back, and a terminal would obey them.
  for (const char* id : {R"(a\nb)", R"(\u001b[2J)", R"( a)", R"(a\u0085)"}) {
    EXPECT_EQ(read(R"({"id":")" + std::string(id) + R"(","status":"queued"})").id, "") << id;
  }
  EXPECT_EQ(read(R"({"id":")" + std::string(1025, 'x') + R"(","status":"queued"})").id, "");
}

TEST(Wire, ReadsEveryStatusSeen) {
  const std::pair<const char*, ServiceStatus> words[] = {{"queued", ServiceStatus::queued},
                                                         {"waiting", ServiceStatus::queued},
                                                         {"generating", ServiceStatus::generating},
                                                         {"active", ServiceStatus::generating},
                                                         {"processing", ServiceStatus::generating},
                                                         {"completed", ServiceStatus::completed},
                                                         {"succeeded", ServiceStatus::completed},
                                                         {"error", ServiceStatus::error},
                                                         {"failed", ServiceStatus::error},
                                                         {"COMPLETED", ServiceStatus::completed},
                                                         {"unknown", ServiceStatus::unknown},
                                                         {"paused", ServiceStatus::unknown},
                                                         {"", ServiceStatus::unknown},
                                                         {"queue", ServiceStatus::unknown}};
  for (const auto& [word, status] : words) EXPECT_EQ(parse_status(word), status) << word;
}

TEST(Wire, TakesAnUnknownStatusWithAnEmptyIdForAnAnswer) {
  const GenerationReply reply = read(R"({"id":"","status":"unknown"})");
  EXPECT_EQ(reply.id, "");
  EXPECT_EQ(reply.status, ServiceStatus::unknown);
  EXPECT_EQ(reply.status_text, "unknown");
}

TEST(Wire, ReadsAnErrorInEveryShapeSeen) {
  const ServiceError documented =
      read_with(R"("error":{"name":"ContentPolicy","message":"Not this"})").error;
  EXPECT_EQ(documented.name, "ContentPolicy");
  EXPECT_EQ(documented.message, "Not this");
  EXPECT_EQ(read_with(R"("error":"It broke")").error.message, "It broke");
  const ServiceError detail =
      read_with(
          R"("error":{"detail":[{"loc":["body","x"],"msg":"Too long","type":"value_error"}]})")
          .error;
  EXPECT_EQ(detail.name, "value_error");
  EXPECT_EQ(detail.message, "Too long");
  EXPECT_EQ(read_with(R"("error":{"detail":"Not found"})").error.message, "Not found");
  EXPECT_EQ(read_with(R"("error":{"name":"OnlyAName"})").error.name, "OnlyAName");
}

TEST(Wire, FindsNoErrorWhereThereIsNone) {
  for (const char* member :
       {R"("error":null)", R"("error":{})", R"("error":[])", R"("error":"")", R"("error":7)",
        R"("error":{"detail":[]})", R"("error":{"detail":[null,3]})"}) {
    const ServiceError error = read_with(member).error;
    EXPECT_TRUE(error.name.empty() && error.message.empty()) << member;
  }
}

TEST(Wire, CutsTheServicesWordsToALine) {
  const std::string message =
      read_with("\"error\":" + test::json_quoted("first\nsecond\x1b[0m")).error.message;
  EXPECT_EQ(message, "first");
  const std::string endless =
      read_with("\"error\":" + test::json_quoted(std::string(100000, 'x'))).error.message;
  EXPECT_LT(endless.size(), 500U);
}

TEST(Wire, ReadsTheClipsUrlInEveryPlaceSeen) {
  for (const char* member :
       {R"("video":{"url":"https://c.example/v"})", R"("video":"https://c.example/v")",
        R"("video_url":"https://c.example/v")", R"("output":{"video_url":"https://c.example/v"})",
        R"("url":"https://c.example/v")", R"("video":{"url":" https://c.example/v\n"})"}) {
    EXPECT_EQ(read_with(member).clip_url, "https://c.example/v") << member;
  }
}

TEST(Wire, FindsNoUrlWhereThereIsNone) {
  for (const std::string& member :
       {std::string(R"("video":null)"), std::string(R"("video":{})"),
        std::string(R"("video":{"url":7})"), std::string(R"("video":[{"url":"x"}])"),
        std::string(R"("output":"x")"),
        "\"video_url\":\"https://" + std::string(20000, 'x') + "\""}) {
    EXPECT_EQ(read_with(member).clip_url, "") << member.substr(0, 40);
  }
}

TEST(Wire, ReadsTheCostInEverySpellingSeen) {
  EXPECT_EQ(read_with(R"("meta":{"usage":{"credits_used":1.5}})").cost.credits_used, 1.5);
  EXPECT_EQ(read_with(R"("meta":{"usage":{"tokens_used":7}})").cost.credits_used, 7);
  EXPECT_EQ(read_with(R"("meta":{"usage":{"tokens_used":7,"credits_used":8}})").cost.credits_used,
            8);
  EXPECT_EQ(read_with(R"("meta":{"usage":{"usd_spent":0.7}})").cost.usd_spent, 0.7);
  EXPECT_EQ(read_with(R"("meta":{"usage":{"credits_used":0}})").cost.credits_used, 0);
}

TEST(Wire, BelievesNoAbsurdCost) {
  for (const char* member :
       {R"("meta":null)", R"("meta":{"usage":null})", R"("meta":[])",
        R"("meta":{"usage":{"credits_used":-1}})", R"("meta":{"usage":{"credits_used":"many"}})",
        R"("meta":{"usage":{"credits_used":1e999}})",
        R"("meta":{"usage":{"credits_used":null}})"}) {
    const auto reply =
        parse_generation(std::string(R"({"id":"a","status":"completed",)") + member + "}");
    if (reply.ok()) {
      EXPECT_EQ(reply->cost.credits_used, std::nullopt) << member;
    }
  }
}

TEST(Wire, SaysWhyAReplyCannotBeRead) {
  EXPECT_NE(why_unreadable("<html><h1>502").find("<html><h1>502"), std::string::npos);
  for (const char* body : {"", "null", "[]", "7", "\"text\"", "{\"id\":\"a\"", "{\"id\":",
                           "\xff\xfe", "{\"id\":\"\xff\"}", "{}", "{\"message\":\"hello\"}",
                           "{\"id\":null,\"status\":null}", "{\"id\":[],\"status\":{}}"}) {
    EXPECT_FALSE(why_unreadable(body).empty()) << body;
  }
}

TEST(Wire, IsNotOverwhelmedByNesting) {
  for (const char* bracket : {"[", "{\"a\":"}) {
    std::string deep = "{\"id\":\"a\",\"x\":";
    for (int i = 0; i < 500000; ++i) deep += bracket;
    EXPECT_TRUE(parse_generation(deep).failed());
  }
  const std::string brackets = "{\"id\":\"a\",\"prompt\":\"" + std::string(500000, '[') + "\"}";
  EXPECT_EQ(read(brackets).id, "a");
}

TEST(Wire, IsTotalForEveryCutAndEveryFlippedByte) {
  const std::string whole = test::generation_body({.id = "a:b/c",
                                                   .status = "completed",
                                                   .video_url = "https://c.example/v",
                                                   .error_name = "N",
                                                   .error_message = "M",
                                                   .credits_used = 7});
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_TRUE(parse_generation(whole.substr(0, cut)).failed()) << cut;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char other : {'\0', '\xff', '"', '{', ']', ':', '9'}) {
      std::string bent = whole;
      bent[at] = other;
      (void)parse_generation(bent).ok();
      (void)parse_http_error(bent);
    }
  }
}

TEST(HttpErrorBody, IsReadInEitherEnvelope) {
  const ServiceError problem = parse_http_error(test::problem_body(429));
  EXPECT_EQ(problem.name, "TooManyRequests");
  EXPECT_EQ(problem.message, "Rate limit exceeded");
  EXPECT_EQ(parse_http_error(R"({"message":"Slow down","path":"/v2","requestId":"r",)"
                             R"("statusCode":"429","timestamp":"t"})")
                .message,
            "Slow down");
  EXPECT_EQ(parse_http_error(R"({"title":"Bad Request","status":400})").message, "Bad Request");
  EXPECT_EQ(parse_http_error(R"({"detail":"Not Found"})").message, "Not Found");
  EXPECT_EQ(parse_http_error(R"({"detail":[{"loc":[],"msg":"field required","type":"missing"}]})")
                .message,
            "field required");
}

TEST(HttpErrorBody, ShowsTheFirstLineOfWhatIsNoJson) {
  EXPECT_EQ(parse_http_error("<html>\n<body>").message, "<html>");
  EXPECT_EQ(parse_http_error("").message, "");
}

}  // namespace
}  // namespace klingtext
