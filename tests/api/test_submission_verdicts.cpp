// SPDX-License-Identifier: LGPL-2.1-or-later
// What each answer to a submission means for money.
#include <gtest/gtest.h>

#include "support/listener.h"
#include "support/service_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::ScriptedService;
using Verdict = Submission::Verdict;

Submission submit_to(const ScriptedService& service) {
  ApiClient client(test::service_at(service.base_url()));
  return test::submit(client, "{\"a\":1}", "klingtext-test");
}

Submission submit_at(const Service& service) {
  ApiClient client(service);
  return test::submit(client, "{}", "c");
}

struct Case {
  const char* name;
  Answer answer;
  Verdict verdict;
  unsigned http_status = 0;
};

// libsoup 3.2 takes a cut chunked body for a whole one, later versions for a broken connection.
constexpr unsigned kAnyStatus = 1;

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class SubmissionVerdict : public testing::TestWithParam<Case> {};

TEST_P(SubmissionVerdict, FollowsFromTheAnswer) {
  ScriptedService service;
  service.on_submit({GetParam().answer});
  const Submission submission = submit_to(service);
  EXPECT_EQ(submission.verdict, GetParam().verdict) << submission.error.message;
  if (GetParam().http_status != kAnyStatus) {
    EXPECT_EQ(submission.error.http_status, GetParam().http_status);
  }
  EXPECT_EQ(service.connections(), 1U) << "one call is one attempt";
  if (submission.verdict == Verdict::accepted) {
    EXPECT_EQ(submission.reply.id, service.generation_ids().at(0));
  } else {
    EXPECT_FALSE(submission.error.message.empty());
  }
}

Answer status(unsigned code) {
  return Answer::status(code);
}

INSTANTIATE_TEST_SUITE_P(
    Accepted, SubmissionVerdict,
    testing::Values(
        Case{"Documented", Answer::normal(), Verdict::accepted},
        Case{"Created", Answer::json(R"({"id":"$ID","status":"queued"})", 201), Verdict::accepted},
        Case{"GenerationId", Answer::json(R"({"generation_id":"$ID"})"), Verdict::accepted},
        Case{"NoStatus", Answer::json(R"({"id":"$ID"})"), Verdict::accepted},
        Case{"ChunkedReply", Answer::normal().chunked(), Verdict::accepted}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Refused, SubmissionVerdict,
    testing::Values(
        Case{"BadRequest", status(400), Verdict::refused, 400},
        Case{"Unauthorized", status(401), Verdict::refused, 401},
        Case{"PaymentRequired", status(402), Verdict::refused, 402},
        Case{"Forbidden", status(403), Verdict::refused, 403},
        Case{"NotFound", status(404), Verdict::refused, 404},
        Case{"TooLarge", status(413), Verdict::refused, 413},
        Case{"Unprocessable", status(422), Verdict::refused, 422},
        Case{"HtmlForbidden", Answer::body("<html>", "text/html", 403), Verdict::refused, 403},
        Case{"TemporaryRedirect", Answer::redirect("/elsewhere", 307), Verdict::refused, 307},
        Case{"PermanentRedirect", Answer::redirect("/elsewhere", 308), Verdict::refused, 308}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    TryAgain, SubmissionVerdict,
    testing::Values(
        Case{"TooMany", status(429), Verdict::try_again, 429},
        Case{"TooManyUntil", status(429).header("Retry-After", "3"), Verdict::try_again, 429},
        Case{"UnavailableUntil", status(503).header("Retry-After", "3"), Verdict::try_again, 503}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Unknown, SubmissionVerdict,
    testing::Values(
        Case{"Unavailable", status(503), Verdict::unknown, 503},
        Case{"UnavailableUntilGarbage", status(503).header("Retry-After", "soon"), Verdict::unknown,
             503},
        Case{"ServerError", status(500), Verdict::unknown, 500},
        Case{"BadGateway", status(502), Verdict::unknown, 502},
        Case{"GatewayTimeout", status(504).though_accepted(), Verdict::unknown, 504},
        Case{"Closed", Answer::normal().lost(), Verdict::unknown},
        Case{"Reset", Answer::normal().lost_reset(), Verdict::unknown},
        Case{"ResetUnread", Answer::normal().reset_unread(), Verdict::unknown},
        Case{"ClosedUnread", Answer::normal().close_unread(), Verdict::unknown},
        Case{"NoHttp", Answer::normal().garbage(), Verdict::unknown},
        Case{"NoJson", Answer::body("<html>\n", "text/html"), Verdict::unknown, 200},
        Case{"NoId", Answer::json(R"({"status":"queued"})"), Verdict::unknown, 200},
        Case{"EmptyId", Answer::json(R"({"id":"","status":"unknown"})"), Verdict::unknown, 200},
        Case{"EmptyBody", Answer::body("", "application/json"), Verdict::unknown, 200},
        Case{"NoContent", Answer::body("", "application/json", 204), Verdict::unknown, 204},
        Case{"CutJson", Answer::normal().cut_after(10), Verdict::unknown},
        Case{"CutChunkedJson", Answer::normal().chunked().cut_after(10), Verdict::unknown,
             kAnyStatus},
        Case{"Huge", Answer::json("{\"id\":\"" + std::string(2 << 20, 'x') + "\"}"),
             Verdict::unknown},
        Case{"MovedPermanently", Answer::redirect("/elsewhere", 301), Verdict::unknown, 301},
        Case{"Found", Answer::redirect("/elsewhere", 302), Verdict::unknown, 302},
        Case{"SeeOther", Answer::redirect("/elsewhere", 303), Verdict::unknown, 303}),
    [](const auto& one) { return one.param.name; });

TEST(SubmissionVerdicts, TellHowLongToWait) {
  ScriptedService service;
  service.on_submit({status(429).header("Retry-After", "7"), status(429)});
  EXPECT_EQ(submit_to(service).retry_after, Seconds(7));
  EXPECT_EQ(submit_to(service).retry_after, std::nullopt);
}

TEST(SubmissionVerdicts, TryAgainWhereNobodyListens) {
  const std::string deserted = test::deserted_base_url();
  const Submission submission = submit_at(test::service_at(deserted));
  EXPECT_EQ(submission.verdict, Verdict::try_again);
  EXPECT_EQ(submission.error.kind, ErrorKind::cannot_submit);
  EXPECT_NE(submission.error.message.find("cannot be reached"), std::string::npos)
      << submission.error.message;
}

TEST(SubmissionVerdicts, TryAgainWhereTheNameIsNotKnown) {
  const Submission submission = submit_at(test::service_at("https://nowhere.invalid/v2"));
  EXPECT_EQ(submission.verdict, Verdict::try_again);
  EXPECT_NE(submission.error.message.find("nowhere.invalid"), std::string::npos)
      << submission.error.message;
}

TEST(SubmissionVerdicts, TryAgainWhereTlsFails) {
  const test::Listener plain(0, [](const auto&, test::SocketStream& stream, auto) {
    stream.send("HTTP/1.1 400 This is no TLS\r\n\r\n");
  });
  const std::string url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/v2";
  const Submission submission = submit_at(test::service_at(url));
  EXPECT_EQ(submission.verdict, Verdict::try_again) << submission.error.message;
}

}  // namespace
}  // namespace klingtext
