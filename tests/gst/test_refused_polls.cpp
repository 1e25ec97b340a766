// SPDX-License-Identifier: LGPL-2.1-or-later
// A poll that is refused while the generation is being made: once, it is something in between; for
// half a minute, it is the service's answer.
#include <gtest/gtest.h>

#include "api/retry_policy.h"
#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Case {
  const char* name;
  Answer answer;
  int code;
  unsigned http_status;
};

Answer challenge_page() {
  return Answer::body("<!DOCTYPE html><title>Just a moment...</title>", "text/html", 403);
}

const Case kCases[] = {
    {"ChallengePage", challenge_page(), GST_RESOURCE_ERROR_NOT_AUTHORIZED, 403},
    {"Unauthorized", Answer::status(401), GST_RESOURCE_ERROR_NOT_AUTHORIZED, 401},
    {"NotModified", Answer::body("", "text/plain", 304), GST_RESOURCE_ERROR_SETTINGS, 304},
    {"Redirect", Answer::redirect("https://login.example/"), GST_RESOURCE_ERROR_SETTINGS, 302},
    {"BadRequest", Answer::status(400), GST_RESOURCE_ERROR_SETTINGS, 400},
    {"LegalReasons", Answer::status(451), GST_RESOURCE_ERROR_SETTINGS, 451},
};

struct Course {
  Shop shop{{.statuses = {"completed"}}};
  std::unique_ptr<Pipeline> pipeline;

  void start() {
    pipeline = std::make_unique<Pipeline>(shop.source() + " ! fakesink");
    pipeline->set_state(GST_STATE_PLAYING);
  }
  bool has_ended() const {
    const Messages messages = pipeline->messages();
    return !of_type(messages, GST_MESSAGE_ERROR).empty() ||
           !of_type(messages, GST_MESSAGE_EOS).empty();
  }
};

// All cases at once, because each waits for seconds.
std::vector<std::unique_ptr<Course>> run_cases(
    const std::function<void(Course&, const Answer&)>& script) {
  std::vector<std::unique_ptr<Course>> runs;
  for (const Case& tried : kCases) {
    runs.push_back(std::make_unique<Course>());
    script(*runs.back(), tried.answer);
    runs.back()->start();
  }
  for (const auto& run : runs) {
    EXPECT_TRUE(comes_true([&run] { return run->has_ended(); }, std::chrono::seconds(120)));
  }
  return runs;
}

TEST(OneRefusedPoll, DoesNotEndTheWait) {
  const auto runs =
      run_cases([](Course& run, const Answer& refusal) { run.shop.service.on_poll({refusal}); });
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(runs[i]->pipeline->errors(), "no error") << kCases[i].name;
    EXPECT_EQ(runs[i]->shop.service.submissions(), 1U) << kCases[i].name;
    EXPECT_EQ(runs[i]->shop.service.polls(), 2U) << kCases[i].name;
  }
}

TEST(RefusedPolls, EndTheWaitWithOneErrorAfterHalfAMinute) {
  if (g_getenv("KLINGTEXT_LONG") == nullptr) GTEST_SKIP() << "only with KLINGTEXT_LONG";
  const auto begun = std::chrono::steady_clock::now();
  const auto runs = run_cases(
      [](Course& run, const Answer& refusal) { run.shop.service.always_on_poll(refusal); });
  EXPECT_GE(std::chrono::steady_clock::now() - begun, kRefusalSpan);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Messages errors = of_type(runs[i]->pipeline->messages(), GST_MESSAGE_ERROR);
    ASSERT_FALSE(errors.empty()) << kCases[i].name;
    const Failure failure = failure_of(errors.front());
    EXPECT_EQ(failure.code, kCases[i].code) << failure.sentence;
    EXPECT_EQ(failure.http_status, kCases[i].http_status) << failure.sentence;
    EXPECT_EQ(failure.generation_id, runs[i]->shop.service.generation_ids().front());
    EXPECT_EQ(runs[i]->shop.service.submissions(), 1U);
    EXPECT_GE(runs[i]->shop.service.polls(), 3U);
  }
}

}  // namespace
}  // namespace klingtext::test
