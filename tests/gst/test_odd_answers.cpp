// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that are not as documented, but say what a person or this element needs to know.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Case {
  const char* name;
  const char* json;
  const char* expected;  // part of the error's sentence; or the id that is polled
};

Failure failure_of_run(const Shop& shop) {
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_FALSE(pipeline.play());
  const Messages errors = of_type(pipeline.messages(), GST_MESSAGE_ERROR);
  EXPECT_FALSE(errors.empty());
  return errors.empty() ? Failure{} : failure_of(errors.front());
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class RefusalReason : public testing::TestWithParam<Case> {};

TEST_P(RefusalReason, IsQuoted) {
  Shop shop;
  shop.service.always_on_submit(Answer::json(GetParam().json, 400));
  const Failure failure = failure_of_run(shop);
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_SETTINGS) << failure.sentence;
  EXPECT_TRUE(holds(failure.sentence, GetParam().expected)) << failure.sentence;
  EXPECT_TRUE(holds(failure.api_error_message, GetParam().expected)) << failure.api_error_message;
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.accepted(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RefusalReason,
    testing::Values(Case{"Errors",
                         R"({"message":"No","errors":[{"path":"duration","message":"5 or 10"}]})",
                         "No; duration: 5 or 10"},
                    Case{"Details", R"({"detail":[{"loc":["body","take"],"msg":"unknown"}]})",
                         "body.take: unknown"},
                    Case{"CodeAndMsg", R"({"code":1201,"msg":"No such model"})", "No such model"},
                    Case{"ListOfMessages", R"({"statusCode":400,"message":["A","B"]})", "A; B"},
                    Case{"Nested", R"({"error":{"error":{"message":"Inner"}}})", "Inner"},
                    Case{"New", R"({"oops":{"why":"because"}})", R"({"oops":{"why":"because"}})"}),
    [](const auto& tested) { return tested.param.name; });

class FailureReason : public testing::TestWithParam<Case> {};

TEST_P(FailureReason, IsQuoted) {
  Shop shop;
  shop.service.always_on_poll(Answer::json(GetParam().json));
  const Failure failure = failure_of_run(shop);
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_FAILED) << failure.sentence;
  EXPECT_TRUE(holds(failure.sentence, GetParam().expected)) << failure.sentence;
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.polls(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FailureReason,
    testing::Values(
        Case{"Text", R"({"id":"$ID","status":"failed","error":"It broke"})", "It broke"},
        Case{"Message", R"({"id":"$ID","status":"fail","message":"It broke"})", "It broke"},
        Case{"TaskStatusMsg",
             R"({"code":0,"message":"SUCCEED","data":{"task_id":"$ID","task_status":"failed",)"
             R"("task_status_msg":"Risk control"}})",
             "Risk control"},
        Case{"CodeAndMsg", R"({"id":"$ID","status":"failed","error":{"code":7,"msg":"M"}})",
             "7: M"},
        Case{"ErrorList", R"({"id":"$ID","status":"failed","errors":[{"message":"M"}]})", "M"},
        Case{"New", R"({"id":"$ID","status":"failed","error":{"kind":"x"}})", R"({"kind":"x"})"},
        Case{"Cancelled", R"({"id":"$ID","status":"cancelled","reason":"By you"})", "By you"},
        Case{"Expired", R"({"id":"$ID","status":"EXPIRED"})", "no reason"},
        Case{"Timeout", R"({"id":"$ID","status":"timeout","message":"Too slow"})", "Too slow"}),
    [](const auto& tested) { return tested.param.name; });

TEST(CompletedWithoutVideo, QuotesTheErrorBesideIt) {
  Shop shop;
  shop.service.always_on_poll(
      Answer::json(R"({"id":"$ID","status":"completed","error":{"code":5,"msg":"Not stored"}})"));
  const Failure failure = failure_of_run(shop);
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
  EXPECT_TRUE(holds(failure.sentence, "5: Not stored")) << failure.sentence;
  EXPECT_EQ(failure.api_error_message, "Not stored");
  EXPECT_EQ(shop.service.submissions(), 1U);
}

class AcceptedId : public testing::TestWithParam<Case> {};

TEST_P(AcceptedId, IsFollowedWhereverItIs) {
  Shop shop({.statuses = {"completed"}});
  shop.service.on_submit({Answer::json(GetParam().json)});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_TRUE(holds(shop.stored(".json"), shop.service.generation_ids().front()));
}

INSTANTIATE_TEST_SUITE_P(
    Places, AcceptedId,
    testing::Values(Case{"TaskId", R"({"task_id":"$ID"})", ""},
                    Case{"RequestId", R"({"request_id":"$ID","status":"IN_QUEUE"})", ""},
                    Case{"DataTaskId", R"({"code":0,"request_id":"r","data":{"task_id":"$ID"}})",
                         ""},
                    Case{"DataId", R"({"data":{"id":"$ID","status":"pending"}})", ""}),
    [](const auto& tested) { return tested.param.name; });

TEST(AcceptedWithoutId, IsQuotedAndNotSentAgain) {
  Shop shop;
  shop.service.on_submit({Answer::json(
      "{\n \"ticket\": \"T-17\",\n \"link\": \"https://c.example/t?sig=s3cr3t\"\n}")});
  for (int run = 0; run < 2; ++run) {
    const Failure failure = failure_of_run(shop);
    EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_OPEN_READ);
    EXPECT_FALSE(holds(failure.sentence, "s3cr3t")) << failure.sentence;
    if (run == 0) {
      EXPECT_TRUE(holds(failure.sentence, R"("ticket":"T-17")")) << failure.sentence;
    }
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

class CompletedReply : public testing::TestWithParam<Case> {};

TEST_P(CompletedReply, DeliversItsVideo) {
  Shop shop;
  shop.service.on_poll({Answer::json(GetParam().json)});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.polls(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, CompletedReply,
    testing::Values(
        Case{"Succeed", R"({"id":"$ID","status":"succeed","video":{"url":"$CLIP"}})", ""},
        Case{"Done", R"({"id":"$ID","status":"done","video":{"url":"$CLIP"}})", ""},
        Case{"Finished", R"({"id":"$ID","status":"Finished","video_url":"$CLIP"})", ""},
        Case{"NewWord", R"({"id":"$ID","status":"ready","video":{"url":"$CLIP"}})", ""},
        Case{"Videos", R"({"id":"$ID","status":"completed","videos":[{"url":"$CLIP"}]})", ""},
        Case{"VideoList", R"({"id":"$ID","status":"completed","video":[{"url":"$CLIP"}]})", ""},
        Case{"Output", R"({"id":"$ID","status":"success","output":["$CLIP"]})", ""},
        Case{"OutputObjects", R"({"id":"$ID","status":"success","output":[{"url":"$CLIP"}]})", ""},
        Case{"TaskResult",
             R"({"data":{"task_id":"$ID","task_status":"succeed","task_result":{"videos":)"
             R"([{"url":"$CLIP"}]}}})",
             ""}),
    [](const auto& tested) { return tested.param.name; });

TEST(ReplyWithoutStatus, DrawsOneWarning) {
  Shop shop({.statuses = {"completed"}});
  shop.service.on_poll({Answer::json(R"({"id":"$ID"})"), Answer::json(R"({"id":"$ID"})")});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(of_type(pipeline.messages(), GST_MESSAGE_WARNING).size(), 1U);
  EXPECT_EQ(shop.service.polls(), 3U);
}

}  // namespace
}  // namespace klingtext::test
