// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of all kinds that are lost, and the id that the head of one names.
#include "job/recovery_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;
using test::Script;

class LostAnswer : public test::RecoveryFixture {};

struct Lost {
  const char* name;
  Answer answer;
};
void PrintTo(const Lost& one, std::ostream* out) {
  *out << one.name;
}

class AnyLostAnswer : public LostAnswer, public testing::WithParamInterface<Lost> {};

TEST_P(AnyLostAnswer, IsFoundInTheAccountsLogByTheSameRun) {
  service_.on_submit({GetParam().answer});
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  EXPECT_EQ(entry()->state, EntryState::completed);
  EXPECT_EQ(entry()->seconds, 5U);
}

TEST_P(AnyLostAnswer, IsFoundByTheNextRun) {
  service_.on_submit({GetParam().answer});
  service_.on_log({Answer::status(404)});
  const Error unknown = error_of_run();
  EXPECT_TRUE(holds(unknown.message, "The account's log cannot be asked (HTTP 404)."))
      << unknown.message;
  EXPECT_TRUE(holds(unknown.message, "resubmit=" + unknown.client_request_id)) << unknown.message;
  expect_whole(run());
  await_kept();
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_P(AnyLostAnswer, IsFoundByTheIdInItsHead) {
  if (!GetParam().answer.plan().body.empty() ||
      GetParam().answer.plan().says == Answer::Says::fixed || GetParam().answer.plan().cut_after) {
    Script named;
    named.inference_id = Script::InferenceId::named;
    service_.set_script(named);
    service_.on_submit({GetParam().answer});
    expect_whole(run());
    EXPECT_EQ(service_.logs(), 0U);
    EXPECT_EQ(service_.submissions(), 1U);
    await_kept();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, AnyLostAnswer,
    testing::Values(Lost{"Reset", Answer::normal().lost_reset()},
                    Lost{"Closed", Answer::normal().lost()},
                    Lost{"ServerError", Answer::status(500).though_accepted()},
                    Lost{"GatewayTimeout", Answer::status(504).though_accepted()},
                    Lost{"Garbage", Answer::body("<html>", "text/html")},
                    Lost{"NoId", Answer::json(R"({"status":"queued"})")},
                    Lost{"HalfABody", Answer::normal().cut_after(20)},
                    Lost{"HalfABodyAndReset", Answer::normal().reset_after(20)},
                    Lost{"NoHttp", Answer::normal().garbage()}),
    [](const auto& one) { return one.param.name; });

TEST_F(LostAnswer, FollowsTheIdInTheHeadInTheNextRun) {
  Script named;
  named.inference_id = Script::InferenceId::named;
  service_.set_script(named);
  service_.on_submit({Answer::status(502).though_accepted()});
  service_.on_poll({Answer::status(404), Answer::status(404), Answer::status(404)});
  const Error unknown = error_of_run();
  EXPECT_EQ(unknown.http_status, 502U);
  EXPECT_EQ(entry()->inference_id, service_.generation_ids().at(0));
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

TEST_F(LostAnswer, ReadsTheLogWhereTheServiceDoesNotKnowTheIdInTheHead) {
  Script named = script();
  named.inference_id = Script::InferenceId::hidden;
  service_.set_script(named);
  service_.on_submit(
      {Answer::status(500).though_accepted().header("x-inference-id", "of-another")});
  expect_whole(run());
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(entry()->generation_id, service_.generation_ids().at(0));
  await_kept();
}

TEST_F(LostAnswer, DoesNotTakeAnErrorWithoutAnIdForTheGenerationInTheHead) {
  for (const char* body : {R"({"status":"error","error":{"message":"no such generation"}})",
                           R"({"status":"what"})", R"({"id":"of-another","status":"queued"})"}) {
    set_log("succeeded");
    service_.on_submit(
        {Answer::status(500).though_accepted().header("x-inference-id", "of-another-request")});
    service_.on_poll({Answer::json(body), Answer::json(body), Answer::json(body)});
    service_.on_log({Answer::status(404)});
    JobSpec fresh = spec();
    fresh.request.prompt = body;
    const Error error = error_of(fresh);
    EXPECT_TRUE(holds(error.message, "cannot be asked")) << error.message;
  }
  EXPECT_EQ(service_.submissions(), 3U);
}

TEST_F(LostAnswer, PollsTheIdInTheHeadAfterALookThatFoundNothing) {
  Script named = script();
  named.inference_id = Script::InferenceId::named;
  named.log_lag = 1000;
  service_.set_script(named);
  service_.on_submit({Answer::status(502).though_accepted()});
  service_.on_poll({Answer::status(500)});
  expect_whole(run());
  EXPECT_EQ(service_.logs(), 2U);
  EXPECT_EQ(service_.submissions(), 1U);
  await_kept();
}

}  // namespace
}  // namespace klingtext
