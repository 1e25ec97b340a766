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
  EXPECT_EQ(read(R"({"task_id":"t","request_id":"r"})").id, "t");
  EXPECT_EQ(read(R"({"taskId":"t"})").id, "t");
  EXPECT_EQ(
      read(R"({"code":0,"request_id":"r","data":{"task_id":"t","task_status":"submitted"}})").id,
      "t");
  EXPECT_EQ(read(R"({"data":{"id":"d"}})").id, "d");
  EXPECT_EQ(read(R"({"result":{"generation_id":7}})").id, "7");
  EXPECT_EQ(read(R"({"id":"a","data":{"id":"b"}})").id, "a");
  EXPECT_EQ(read(R"({"inference_id":"i"})").id, "i");
  EXPECT_EQ(read(R"({"job_id":"j","status":"queued"})").id, "j");
  EXPECT_EQ(read(R"({"data":[{"id":"d","status":"queued"}]})").id, "d");
  EXPECT_EQ(read(R"({"generations":[{"id":"g"}]})").id, "g");
  EXPECT_EQ(read(R"({"data":{"task":{"id":"t"}}})").id, "t");
  EXPECT_EQ(read(R"({"output":{"task_id":"t","task_status":"PENDING"},"request_id":"r"})").id, "t");
  // Which one of several it is cannot be known, and an output's own id may be a file's.
  EXPECT_EQ(read(R"({"data":[{"id":"a"},{"id":"b"}],"status":"queued"})").id, "");
  EXPECT_EQ(read(R"({"output":{"id":"f"},"status":"queued"})").id, "");
  EXPECT_EQ(read(R"({"id":{"a":1},"status":"queued"})").id, "");
  EXPECT_EQ(read(R"({"id":"a\ud800","status":"queued"})").id, "");
  // The journal would not give these back, and a terminal would obey them.
  for (const char* id : {R"(a\nb)", R"(\u001b[2J)", R"( a)", R"(a\u0085)"}) {
    EXPECT_EQ(read(R"({"id":")" + std::string(id) + R"(","status":"queued"})").id, "") << id;
  }
  EXPECT_EQ(read(R"({"id":")" + std::string(1025, 'x') + R"(","status":"queued"})").id, "");
}

TEST(Wire, TakesARequestIdForAnIdOnlyBesideARunningStatus) {
  EXPECT_EQ(read(R"({"request_id":"r","status":"IN_QUEUE"})").id, "r");
  EXPECT_EQ(read(R"({"request_id":"r","data":{"status":"processing"}})").id, "r");
  for (const char* body : {R"({"request_id":"r"})", R"({"request_id":"r","status":"ok"})",
                           R"({"requestId":"r","status":"queued"})",
                           R"({"data":"r","status":"queued"})", R"({"data":{},"id":[]})"}) {
    EXPECT_TRUE(parse_accepted(body).failed()) << body;
  }
}

TEST(Wire, QuotesAnAnswerWithoutAnId) {
  const auto why = [](const std::string& body) {
    const auto reply = parse_accepted(body);
    return reply.failed() ? reply.error().why : "accepted";
  };
  EXPECT_EQ(why("{\n  \"ticket\": \"T-1\",\n  \"status\": \"queued\"\n}"),
            R"(JSON without an id, "{"ticket":"T-1","status":"queued"}")");
  EXPECT_EQ(why("{\"ticket\":\"T-1\"}"), R"(JSON without an id and a status, "{"ticket":"T-1"}")");
  EXPECT_EQ(why("[1]"), R"(not a JSON object but "[1]")");
  EXPECT_EQ(why("Accepted:\n T-1"), R"(not a JSON object but "Accepted: T-1")");
  EXPECT_EQ(why(std::string("\x1f\x8b\x08\0\x01", 5)),
            R"(not a JSON object but "5 bytes of binary data")");
  EXPECT_EQ(why(R"({"link":"https://c.example/v?X-Signature=s3cr3t&e=1"})"),
            R"(JSON without an id and a status, "{"link":"https://c.example/v?…"}")");
  const std::string endless = why("{\"ticket\":\"" + std::string(5000, 'x') + "\"}");
  EXPECT_LT(endless.size(), 260U);
  EXPECT_GT(endless.size(), 200U);
}

TEST(Wire, ReadsTheStatusOfTheGenerationAndNotOfItsEnvelope) {
  EXPECT_EQ(read(R"({"id":"a","task_status":"succeed"})").status, ServiceStatus::completed);
  EXPECT_EQ(read(R"({"id":"a","state":"failed"})").status, ServiceStatus::error);
  EXPECT_EQ(read(R"({"status":"success","data":{"id":"a","status":"processing"}})").status,
            ServiceStatus::generating);
  EXPECT_EQ(read(R"({"status":200,"data":{"task_id":"a","task_status":"submitted"}})").status,
            ServiceStatus::queued);
}

TEST(Wire, TakesAnUnknownStatusWithAVideoForCompleted) {
  EXPECT_EQ(read(R"({"id":"a","status":"ready","video":{"url":"https://c.example/v"}})").status,
            ServiceStatus::completed);
  EXPECT_EQ(read(R"({"id":"a","videos":[{"url":"https://c.example/v"}]})").status,
            ServiceStatus::completed);
  for (const char* body :
       {R"({"id":"a","status":"ready","url":"https://status.example/a"})",
        R"({"id":"a","status":"ready","video":{"url":"https://c.example/v"},"error":"broken"})",
        R"({"id":"a","status":"ready"})", R"({"id":"a"})"}) {
    EXPECT_EQ(read(body).status, ServiceStatus::unknown) << body;
  }
  EXPECT_EQ(read(R"({"id":"a","status":"queued","video":{"url":"https://c.example/v"}})").status,
            ServiceStatus::queued);
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
                                                         {"succeed", ServiceStatus::completed},
                                                         {"success", ServiceStatus::completed},
                                                         {"done", ServiceStatus::completed},
                                                         {"finished", ServiceStatus::completed},
                                                         {"fail", ServiceStatus::error},
                                                         {"cancelled", ServiceStatus::error},
                                                         {"canceled", ServiceStatus::error},
                                                         {"expired", ServiceStatus::error},
                                                         {"timeout", ServiceStatus::error},
                                                         {"Timed Out", ServiceStatus::error},
                                                         {"IN_PROGRESS", ServiceStatus::generating},
                                                         {"in-queue", ServiceStatus::queued},
                                                         {"submitted", ServiceStatus::queued},
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

TEST(Wire, ReadsAnErrorMemberWhateverTheStatus) {
  const ServiceError error =
      read_with(R"("error":{"name":"ContentPolicy","message":"Not this"})").error;
  EXPECT_EQ(error.name, "ContentPolicy");
  EXPECT_EQ(error.message, "Not this");
  EXPECT_EQ(read(R"({"id":"a","status":"queued","message":"fine"})").error.message, "");
  EXPECT_EQ(read(R"({"id":"a","status":"completed","video":"/v","message":"fine"})").error.message,
            "");
}

TEST(Wire, ReadsTheReasonOfAFailureAndOfACompletionWithoutAVideo) {
  for (const char* status : {"failed", "expired", "completed", "succeed"}) {
    const std::string body = R"({"id":"a","message":"Filtered","status":")" + std::string(status);
    EXPECT_EQ(read(body + "\"}").error.message, "Filtered") << status;
  }
  EXPECT_EQ(read(R"({"message":"SUCCEED","data":{"task_id":"a","task_status":"failed",)"
                 R"("task_status_msg":"Risk control"}})")
                .error.message,
            "Risk control");
}

TEST(Wire, CutsTheServicesWordsToALine) {
  const std::string message =
      read_with("\"error\":" + test::json_quoted("first\nsecond\x1b[0m")).error.message;
  EXPECT_EQ(message, "first second [0m");
  const std::string endless =
      read_with("\"error\":" + test::json_quoted(std::string(100000, 'x'))).error.message;
  EXPECT_LT(endless.size(), 500U);
}

TEST(Wire, ReadsTheClipsUrlInEveryPlaceSeen) {
  for (const char* member :
       {R"("video":{"url":"https://c.example/v"})",
        R"("video":"https://c.example/v")",
        R"("video_url":"https://c.example/v")",
        R"("output":{"video_url":"https://c.example/v"})",
        R"("url":"https://c.example/v")",
        R"("video":{"url":" https://c.example/v\n"})",
        R"("videos":[{"url":"https://c.example/v"}])",
        R"("videos":["https://c.example/v","b"])",
        R"("video":[{"url":"https://c.example/v"}])",
        R"("output":["https://c.example/v"])",
        R"("output":[{"format":"mp4","url":"https://c.example/v"}])",
        R"("output":[{},{"url":"https://c.example/v"}])",
        R"("output":"https://c.example/v")",
        R"("data":{"task_result":{"videos":[{"id":"1","url":"https://c.example/v"}]}})",
        R"("result":{"video":{"url":"https://c.example/v"}})",
        R"("video_urls":["https://c.example/v"])",
        R"("content":{"video_url":"https://c.example/v"})",
        R"("response":{"video":{"url":"https://c.example/v"}})",
        R"("assets":{"image":"https://c.example/i","video":"https://c.example/v"})",
        R"("files":[{"url":"https://c.example/v"}])",
        R"("video":{"urls":["https://c.example/v"]})",
        R"("video":{"download_url":"https://c.example/v"})",
        R"("generations":[{"url":"https://c.example/v"}])"}) {
    EXPECT_EQ(read_with(member).clip_url, "https://c.example/v") << member;
  }
}

TEST(Wire, TakesNoFileForTheVideoBeforeTheEnd) {
  for (const char* word : {"queued", "preparing", "generating"}) {
    const std::string status = R"({"id":"a","status":")" + std::string(word) + '"';
    for (const char* member : {"assets", "files", "content"}) {
      const auto reply = read(status + ",\"" + member + R"(":[{"url":"https://c.example/in"}]})");
      EXPECT_EQ(reply.clip_url, "") << word << member;
      EXPECT_NE(reply.status, ServiceStatus::completed) << word;
    }
  }
}

TEST(Wire, FindsNoUrlWhereThereIsNone) {
  for (const std::string& member :
       {std::string(R"("video":null)"), std::string(R"("video":{})"),
        std::string(R"("video":{"url":7})"), std::string(R"("video":[])"),
        std::string(R"("video":[[[[[[[[[["https://c.example/v"]]]]]]]]]])"),
        std::string(R"("output":"x")"), std::string(R"("output":["mp4"])"),
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

}  // namespace
}  // namespace klingtext
