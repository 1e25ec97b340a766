// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/api_client.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/service_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::ScriptedService;

TEST(ApiClient, SendsTheBodyAsItIsWithKeyAndRequestId) {
  ScriptedService service;
  const std::string body = R"({"model":"m","prompt":"ä \" 🦝"})";
  ApiClient client(test::service_at(service.base_url()));
  (void)test::submit(client, body, "klingtext-0123");
  const auto sent = service.submission_list().at(0);
  EXPECT_EQ(sent.body, body);
  EXPECT_EQ(sent.target, "/v2/video/generations");
  EXPECT_EQ(sent.header("Authorization"), std::string("Bearer ") + test::kSecretKey);
  EXPECT_EQ(sent.header("X-Client-Request-Id"), "klingtext-0123");
  EXPECT_EQ(sent.header("Content-Type"), "application/json");
  EXPECT_EQ(sent.header("Accept"), "application/json");
  EXPECT_EQ(sent.header("Accept-Encoding"), "identity");
  EXPECT_EQ(sent.header("User-Agent"), "klingtext-test");
}

TEST(ApiClient, AsksForAnIdWhateverCharactersItHas) {
  ScriptedService service;
  ApiClient client(test::service_at(service.base_url()));
  for (const std::string id : {"uuid:klingai/video-v2-6-pro-text-to-video", "-dash", "12345",
                               "a b&c=d?e#f%20+g", "ä/🦝"}) {
    service.add_generation(id);
    const auto poll = client.query(id, {});
    ASSERT_TRUE(poll.ok());
    EXPECT_EQ(poll->verdict, Poll::Verdict::answered);
    const auto asked = service.requests().back();
    EXPECT_EQ(asked.query("generation_id"), id);
    EXPECT_EQ(asked.header("Authorization"), std::string("Bearer ") + test::kSecretKey);
  }
}

// What hides a key that the service repeats took "any" out of ids, and the generation was lost.
TEST(ApiClient, LeavesIdsAndLinksAloneWhateverTheKeyIs) {
  for (const char* key : {"x", "any", "id", "video", "queued", "klingai"}) {
    ScriptedService service;
    service.set_script({.ids = {"x-any-queued:klingai/video-v2-6-pro-text-to-video"}});
    Service one = test::service_at(service.base_url());
    one.key = Secret(key);
    ApiClient client(one);
    const auto submission = test::submit(client, "{}", "klingtext-0123");
    EXPECT_EQ(submission.reply.id, "x-any-queued:klingai/video-v2-6-pro-text-to-video") << key;
    EXPECT_TRUE(client.query(submission.reply.id, {})->reply.id == submission.reply.id) << key;
  }
}

TEST(ApiClient, FollowsNoRedirectWithTheKey) {
  ScriptedService service;
  service.on_poll({Answer::redirect(service.second_origin() + "/v2/video/generations", 302)});
  const auto poll = ApiClient(test::service_at(service.base_url())).query("a", {});
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(poll->verdict, Poll::Verdict::refused);
  EXPECT_EQ(service.requests().size(), 1U);
  EXPECT_NE(poll->error.message.find("Set base-url"), std::string::npos);
}

TEST(ApiClient, TakesTheCostFromTheHeadersFirst) {
  ScriptedService service;
  service.on_submit({Answer::normal()
                         .header("x-aimlapi-usd-spent", "0.7")
                         .header("X-AIMLAPI-Credits-Used", " 1400000 ")});
  ApiClient client(test::service_at(service.base_url()));
  const auto submission = test::submit(client, "{}", "c");
  EXPECT_EQ(submission.reply.cost.usd_spent, 0.7);
  EXPECT_EQ(submission.reply.cost.credits_used, 1400000);
}

TEST(ApiClient, BelievesNoAbsurdCostHeader) {
  ScriptedService service;
  ApiClient client(test::service_at(service.base_url()));
  for (const char* absurd : {"", "-1", "nan", "inf", "1e300", "7 USD", "0x"}) {
    service.on_submit({Answer::normal().header("x-aimlapi-usd-spent", absurd)});
    EXPECT_EQ(test::submit(client, "{}", "c").reply.cost.usd_spent, std::nullopt) << absurd;
  }
}

struct PollCase {
  const char* name;
  Answer answer;
  Poll::Verdict verdict;
};
void PrintTo(const PollCase& one, std::ostream* out) {
  *out << one.name;
}

class PollVerdict : public testing::TestWithParam<PollCase> {};

TEST_P(PollVerdict, FollowsFromTheAnswer) {
  ScriptedService service;
  service.add_generation("a");
  service.on_poll({GetParam().answer});
  const auto poll = ApiClient(test::service_at(service.base_url())).query("a", {});
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(poll->verdict, GetParam().verdict) << poll->error.message;
  EXPECT_EQ(poll->error.message.empty(), GetParam().verdict == Poll::Verdict::answered);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, PollVerdict,
    testing::Values(PollCase{"Documented", Answer::normal(), Poll::Verdict::answered},
                    PollCase{"EmptyIdUnknown", Answer::json(R"({"id":"","status":"unknown"})"),
                             Poll::Verdict::answered},
                    PollCase{"Html", Answer::body("<html>", "text/html"), Poll::Verdict::try_again},
                    PollCase{"CutJson", Answer::normal().chunked().cut_after(9),
                             Poll::Verdict::try_again},
                    PollCase{"Lost", Answer::normal().lost(), Poll::Verdict::try_again},
                    PollCase{"Reset", Answer::normal().lost_reset(), Poll::Verdict::try_again},
                    PollCase{"NoHttp", Answer::normal().garbage(), Poll::Verdict::try_again},
                    PollCase{"Timeout408", Answer::status(408), Poll::Verdict::try_again},
                    PollCase{"TooMany", Answer::status(429), Poll::Verdict::try_again},
                    PollCase{"ServerError", Answer::status(500), Poll::Verdict::try_again},
                    PollCase{"BadGateway", Answer::status(502), Poll::Verdict::try_again},
                    PollCase{"Unavailable", Answer::status(503), Poll::Verdict::try_again},
                    PollCase{"GatewayTimeout", Answer::status(504), Poll::Verdict::try_again},
                    PollCase{"BadRequest", Answer::status(400), Poll::Verdict::refused},
                    PollCase{"Unauthorized", Answer::status(401), Poll::Verdict::refused},
                    PollCase{"Forbidden", Answer::status(403), Poll::Verdict::refused},
                    PollCase{"NotFound", Answer::status(404), Poll::Verdict::refused},
                    PollCase{"Gone", Answer::status(410), Poll::Verdict::refused},
                    PollCase{"Redirect", Answer::redirect("/x", 301), Poll::Verdict::refused}),
    [](const auto& one) { return one.param.name; });

TEST(ApiClient, KeepsOneConnectionBetweenPolls) {
  ScriptedService service;
  service.add_generation("a");
  ApiClient client(test::service_at(service.base_url()));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.query("a", {}).ok());
  EXPECT_EQ(service.polls(), 5U);
  EXPECT_EQ(service.connections(), 1U);
}

TEST(ApiClient, LeavesAHangingPollAtOnceWhenStopped) {
  ScriptedService service;
  service.add_generation("a");
  service.on_poll({Answer::normal().hold()});
  ApiClient client(test::service_at(service.base_url()));
  std::stop_source stop;
  std::jthread stopper([&] {
    EXPECT_TRUE(service.wait_for([&] { return service.polls() == 1; }));
    stop.request_stop();
  });
  // The service is never released: only the stop can end this.
  EXPECT_TRUE(client.query("a", stop.get_token()).stopped());
  EXPECT_TRUE(service.wait_for([&] { return service.open_connections() == 0; }));
}

TEST(ApiClient, GivesUpAPollThatIsSilent) {
  ScriptedService service;
  service.add_generation("a");
  service.on_poll({Answer::normal().hold()});
  const auto poll = ApiClient(test::service_at(service.base_url(), 1)).query("a", {});
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(poll->verdict, Poll::Verdict::try_again);
  EXPECT_NE(poll->error.message.find("did not answer in time"), std::string::npos)
      << poll->error.message;
}

TEST(ApiClient, GivesUpAPollThatDrips) {
  ScriptedService service;
  service.add_generation("a");
  service.on_poll({Answer::normal().drip(5)});
  const auto poll = ApiClient(test::service_at(service.base_url(), 1)).query("a", {});
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(poll->verdict, Poll::Verdict::try_again);
}

}  // namespace
}  // namespace klingtext
