// SPDX-License-Identifier: LGPL-2.1-or-later
// What the service may answer, and the one error it becomes on the bus.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Case {
  const char* name;
  Answer answer;
  int code;
  unsigned http_status;
  unsigned submissions;
  const char* says;  // part of the sentence
};

class ServiceError : public testing::TestWithParam<Case> {};

// Ours first, ours once, RESOURCE, and a sentence.
Failure only_error_of_ours(const Messages& messages) {
  const Messages errors = of_type(messages, GST_MESSAGE_ERROR);
  EXPECT_FALSE(errors.empty());
  if (errors.empty()) return {};
  EXPECT_TRUE(errors.front().is_ours());
  const Failure failure = failure_of(errors.front());
  EXPECT_EQ(failure.domain, GST_RESOURCE_ERROR);
  EXPECT_GT(failure.sentence.size(), 30U);
  EXPECT_EQ(failure.sentence.back(), '.');
  EXPECT_TRUE(g_utf8_validate(failure.sentence.c_str(), -1, nullptr));
  unsigned of_ours = 0;
  for (const Message& error : errors) {
    // basesrc adds its own, in the STREAM domain.
    if (error.is_ours() && failure_of(error).domain == GST_RESOURCE_ERROR) ++of_ours;
  }
  EXPECT_EQ(of_ours, 1U);
  return failure;
}

Failure failure_of_run(const std::string& line) {
  Pipeline pipeline(line);
  EXPECT_FALSE(pipeline.play());
  return only_error_of_ours(pipeline.messages());
}

void expect_case(const Case& tried, const std::string& behind_the_source) {
  Shop shop;
  shop.service.always_on_submit(tried.answer);
  Pipeline pipeline(shop.source() + behind_the_source);
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(pipeline.wait_for_end());
  pipeline.set_state(GST_STATE_READY);
  const Failure failure = only_error_of_ours(pipeline.messages());
  EXPECT_EQ(failure.code, tried.code) << failure.sentence;
  EXPECT_EQ(failure.http_status, tried.http_status) << failure.sentence;
  EXPECT_NE(failure.sentence.find(tried.says), std::string::npos) << failure.sentence;
  EXPECT_EQ(shop.service.submissions(), tried.submissions);
  EXPECT_EQ(failure.client_request_id,
            shop.service.submission_list().front().header("X-Client-Request-Id"));
}

TEST_P(ServiceError, IsOneErrorWhenPushed) {
  expect_case(GetParam(), " ! fakesink");
}

TEST_P(ServiceError, IsTheFirstErrorWhenPulled) {
  expect_case(GetParam(), " ! decodebin");
}

const Case kCases[] = {
    {"s400", Answer::status(400), GST_RESOURCE_ERROR_SETTINGS, 400, 1, "400"},
    {"s401", Answer::status(401), GST_RESOURCE_ERROR_NOT_AUTHORIZED, 401, 1, "api-key"},
    {"s403", Answer::status(403), GST_RESOURCE_ERROR_NOT_AUTHORIZED, 403, 1, "credits"},
    {"s404", Answer::status(404), GST_RESOURCE_ERROR_NOT_FOUND, 404, 1, "base-url"},
    {"s422", Answer::status(422), GST_RESOURCE_ERROR_SETTINGS, 422, 1, "422"},
    {"s500", Answer::status(500), GST_RESOURCE_ERROR_OPEN_READ, 500, 1, "resubmit="},
    {"s503", Answer::status(503), GST_RESOURCE_ERROR_OPEN_READ, 503, 1, "resubmit="},
    {"redirect", Answer::redirect("http://127.0.0.1:1/v2"), GST_RESOURCE_ERROR_OPEN_READ, 302, 1,
     "resubmit="},
    {"html", Answer::body("<html>Hello</html>", "text/html"), GST_RESOURCE_ERROR_OPEN_READ, 200, 1,
     "resubmit="},
    {"truncated", Answer::json("{\"id\": \"gen-1\", \"sta"), GST_RESOURCE_ERROR_OPEN_READ, 200, 1,
     "resubmit="},
    {"no_id", Answer::json("{\"status\": \"queued\"}"), GST_RESOURCE_ERROR_OPEN_READ, 200, 1,
     "resubmit="},
    {"wrong_types", Answer::json("[1, 2, 3]"), GST_RESOURCE_ERROR_OPEN_READ, 200, 1, "resubmit="},
    {"lost", Answer::normal().lost(), GST_RESOURCE_ERROR_OPEN_READ, 0, 1, "resubmit="},
    {"reset", Answer::normal().lost_reset(), GST_RESOURCE_ERROR_OPEN_READ, 0, 1, "resubmit="},
    {"garbage", Answer::normal().garbage(), GST_RESOURCE_ERROR_OPEN_READ, 0, 1, "resubmit="},
};

INSTANTIATE_TEST_SUITE_P(Answers, ServiceError, testing::ValuesIn(kCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(GenerationError, QuotesNameAndMessage) {
  Shop shop;
  shop.service.always_on_poll(Answer::generation_error("ContentPolicy", "No raccoons here"));
  const Failure failure = failure_of_run(shop.source() + " ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_FAILED);
  EXPECT_NE(failure.sentence.find("ContentPolicy"), std::string::npos);
  EXPECT_NE(failure.sentence.find("No raccoons here"), std::string::npos);
  EXPECT_EQ(failure.api_error_name, "ContentPolicy");
  EXPECT_EQ(failure.api_error_message, "No raccoons here");
  EXPECT_EQ(failure.generation_id, shop.service.generation_ids().front());
  EXPECT_FALSE(failure.client_request_id.empty());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(GenerationError, IsRepeatedForNothing) {
  Shop shop({.statuses = {"error"}});
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(failure_of_run(shop.source() + " ! fakesink").code, GST_RESOURCE_ERROR_FAILED);
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.polls(), 1U);
}

TEST(UnknownOutcome, IsRefusedUntilItIsGivenUpByName) {
  Shop shop;
  shop.service.on_submit({Answer::normal().lost()});
  std::string id;
  for (int round = 0; round < 2; ++round) {
    const Failure failure = failure_of_run(shop.source() + " ! fakesink");
    EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_OPEN_READ);
    id = failure.client_request_id;
    EXPECT_EQ(shop.service.submissions(), 1U);
  }
  ASSERT_FALSE(id.empty());
  for (int round = 0; round < 2; ++round) {
    Pipeline pipeline(shop.source() + " resubmit=" + id + " ! fakesink");
    EXPECT_TRUE(pipeline.play());
    EXPECT_EQ(shop.service.submissions(), 2U);
  }
}

TEST(BusyService, IsAskedAgainUntilItTakesTheRequest) {
  Shop shop;
  shop.service.on_submit({Answer::status(429).header("Retry-After", "0"),
                          Answer::status(503).header("Retry-After", "0")});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_TRUE(pipeline.play());
  EXPECT_EQ(shop.service.submissions(), 3U);
  EXPECT_EQ(shop.service.accepted(), 1U);
}

TEST(BusyService, IsOneErrorWhenRetriesEnd) {
  Shop shop;
  shop.service.always_on_submit(Answer::status(429).header("Retry-After", "0"));
  const Failure failure = failure_of_run(shop.source() + " ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_BUSY);
  EXPECT_EQ(failure.http_status, 429U);
  EXPECT_EQ(shop.service.accepted(), 0U);
}

TEST(Clip, ThatIsNoMp4IsAReadError) {
  Shop shop;
  shop.service.always_on_clip(Answer::body("<html>Not here</html>", "text/html"));
  const Failure failure = failure_of_run(shop.source() + " ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
  EXPECT_EQ(failure.generation_id, shop.service.generation_ids().front());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(Clip, ThatIsTooLargeIsAReadError) {
  Shop shop;
  const Failure failure = failure_of_run(shop.source() + " max-clip-size=1000 ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
  EXPECT_NE(failure.sentence.find("max-clip-size"), std::string::npos);
}

TEST(CompletedWithoutUrl, IsAReadErrorWithTheId) {
  Shop shop;
  shop.service.always_on_poll(Answer::json(R"({"id":"$ID","status":"completed"})"));
  const Failure failure = failure_of_run(shop.source() + " ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
  EXPECT_EQ(failure.generation_id, shop.service.generation_ids().front());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(UnknownGeneration, IsNotFoundAndNeverSubmitted) {
  Shop shop;
  const Failure failure =
      failure_of_run("klingtextsrc generation-id=nowhere poll-interval=20 api-key=k base-url=" +
                     shop.service.base_url() + " store-dir=" + shop.store() + " ! fakesink");
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_NOT_FOUND);
  EXPECT_EQ(failure.http_status, 404U);
  EXPECT_EQ(failure.generation_id, "nowhere");
  EXPECT_EQ(shop.service.submissions(), 0U);
}

TEST(GenerationTimeout, IsAReadErrorAndTheGenerationStaysAttachable) {
  Shop shop;
  shop.service.on_poll({Answer::generation("generating")});
  {
    const Failure failure =
        failure_of_run(shop.source() + " poll-interval=60000 generation-timeout=1 ! fakesink");
    EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_READ);
    EXPECT_NE(failure.sentence.find("generation-timeout"), std::string::npos);
    EXPECT_EQ(shop.service.polls(), 1U);
  }
  Pipeline again(shop.source() + " ! fakesink");
  EXPECT_TRUE(again.play());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
