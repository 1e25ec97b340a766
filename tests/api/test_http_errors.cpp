// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http_errors.h"

#include <gtest/gtest.h>

#include "api/wire.h"
#include "support/api_body.h"

namespace klingtext {
namespace {

struct Case {
  unsigned status;
  Doing doing;
  ErrorKind kind;
  const char* says_what_to_do;
};
// Or GoogleTest prints its bytes, and there are some between its members that nobody wrote.
void PrintTo(const Case& one, std::ostream* out) {
  *out << "HTTP " << one.status;
}

class HttpErrorSentence : public testing::TestWithParam<Case> {};

TEST_P(HttpErrorSentence, HasTheKindTheStatusTheServicesWordsAndWhatToDo) {
  const Case& expected = GetParam();
  const HttpReply reply{expected.status, {}, test::problem_body(expected.status)};
  const Error error = error_of_status(reply, expected.doing);
  const ServiceError said = {error.api_error_name, error.api_error_message};
  EXPECT_EQ(error.kind, expected.kind);
  EXPECT_EQ(error.http_status, expected.status);
  EXPECT_FALSE(said.name.empty());
  EXPECT_FALSE(said.message.empty());
  for (const std::string& part : {"HTTP " + std::to_string(expected.status), said.name,
                                  said.message, std::string(expected.says_what_to_do)}) {
    EXPECT_NE(error.message.find(part), std::string::npos) << part << " in: " << error.message;
  }
}

constexpr Doing kSubmit = Doing::submitting;
constexpr Doing kPoll = Doing::polling;
INSTANTIATE_TEST_SUITE_P(
    Statuses, HttpErrorSentence,
    testing::Values(Case{400, kSubmit, ErrorKind::settings, "Change the setting it names"},
                    Case{422, kSubmit, ErrorKind::settings, "Change the setting it names"},
                    Case{401, kSubmit, ErrorKind::unauthorized,
                         "Check api-key, api-key-file or AIMLAPI_API_KEY"},
                    Case{401, kPoll, ErrorKind::unauthorized, "Check api-key"},
                    Case{402, kSubmit, ErrorKind::unauthorized, "Check the account's balance"},
                    Case{403, kSubmit, ErrorKind::unauthorized, "Check the account's balance"},
                    Case{403, kPoll, ErrorKind::unauthorized, "Check the account's balance"},
                    Case{404, kSubmit, ErrorKind::not_found, "Check base-url and model"},
                    Case{404, kPoll, ErrorKind::not_found, "Check generation-id"},
                    Case{410, kPoll, ErrorKind::not_found, "Check generation-id"},
                    Case{413, kSubmit, ErrorKind::settings,
                         "Check base-url and the request's properties"},
                    Case{429, kSubmit, ErrorKind::busy, "Try again later"},
                    Case{429, kPoll, ErrorKind::busy, "Try again later"},
                    Case{503, kSubmit, ErrorKind::busy, "Try again later"},
                    Case{503, kPoll, ErrorKind::busy, "Try again later"},
                    Case{500, kSubmit, ErrorKind::cannot_submit, "Try again later"},
                    Case{500, kPoll, ErrorKind::cannot_read, "Try again later"},
                    Case{502, kPoll, ErrorKind::cannot_read, "Try again later"},
                    Case{504, kPoll, ErrorKind::cannot_read, "Try again later"},
                    Case{302, kSubmit, ErrorKind::settings, "Set base-url"},
                    Case{308, kPoll, ErrorKind::settings, "Set base-url"}),
    [](const auto& one) {
      return (one.param.doing == kSubmit ? "Submit" : "Poll") + std::to_string(one.param.status);
    });

TEST(HttpErrorOfFailure, SaysWhatBrokeAndWhatToCheck) {
  const struct {
    HttpFault fault;
    const char* what;
    const char* next;
  } cases[] = {
      {HttpFault::unreachable, "cannot be reached", "Check the network"},
      {HttpFault::tls, "no trusted connection", "tls-database"},
      {HttpFault::timeout, "did not answer in time", "Check the network"},
      {HttpFault::broken, "broke", "Check the network"},
      {HttpFault::too_large, "absurdly large", "base-url"},
  };
  for (const auto& [fault, what, next] : cases) {
    const Error error = error_of_failure({fault, Sent::maybe, "the reason"}, Doing::submitting);
    EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
    for (const char* part : {what, next, "the reason"}) {
      EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
    }
    EXPECT_EQ(error_of_failure({fault, Sent::no, ""}, Doing::polling).kind, ErrorKind::cannot_read);
  }
}

TEST(UnreadableReply, QuotesWhatCame) {
  const Error error = unreadable_reply({200, {}, "<html>"}, "not a JSON object but \"<html>\"");
  EXPECT_EQ(error.http_status, 200U);
  EXPECT_NE(error.message.find("HTTP 200"), std::string::npos);
  EXPECT_NE(error.message.find("<html>"), std::string::npos);
}

}  // namespace
}  // namespace klingtext
