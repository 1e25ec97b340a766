// SPDX-License-Identifier: LGPL-2.1-or-later
// The two documented endpoints, seen from the socket.
#include <glib.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::testing {
namespace {

constexpr const char* kJson = "Content-Type: application/json";
constexpr const char* kBearer = "Authorization: Bearer a-key";

// So slow that nothing is completed while the test runs.
RehearsalService::Options slow() {
  return {.pace = 100};
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void expect_problem(const HttpReply& reply, int status) {
  EXPECT_EQ(reply.status, status) << reply.body;
  EXPECT_TRUE(reply.header("content-type").starts_with("application/problem+json"));
  EXPECT_EQ(member(reply.body, "$.status"), std::to_string(status));
  EXPECT_EQ(member(reply.body, "$.requestId"), reply.header("x-request-id"));
  for (const char* name :
       {"$.title", "$.message", "$.instance", "$.timestamp", "$.error.name", "$.error.message"}) {
    EXPECT_NE(member(reply.body, name), "") << name;
  }
}

TEST(Contract, AcceptsADocumentedSubmission) {
  const Rehearsal rehearsal(slow());
  const HttpReply reply = rehearsal.post(body_of("rain", R"("duration":"5")"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(member(reply.body, "$.status"), "queued");
  EXPECT_EQ(reply.header("retry-after"), "1");
  const std::string shape =
      std::string("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\\Q") + kModel + "\\E$";
  EXPECT_TRUE(g_regex_match_simple(shape.c_str(), member(reply.body, "$.id").c_str(),
                                   GRegexCompileFlags{}, GRegexMatchFlags{}))
      << reply.body;
}

TEST(Contract, AnswersForAWaitingGeneration) {
  const Rehearsal rehearsal(slow());
  const std::string id = rehearsal.submit(body_of("rain"));
  const HttpReply reply = rehearsal.query(id);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(member(reply.body, "$.id"), id);
  EXPECT_EQ(member(reply.body, "$.status"), "queued");
  EXPECT_EQ(reply.header("retry-after"), "1");
}

TEST(Contract, NamesTheFieldOfABadSubmission) {
  const Rehearsal rehearsal(slow());
  const HttpReply reply = rehearsal.post(body_of("rain", R"("duration":7)"));
  expect_problem(reply, 400);
  EXPECT_NE(member(reply.body, "$.message").find("duration"), std::string::npos);
}

TEST(Contract, WantsJson) {
  const Rehearsal rehearsal(slow());
  expect_problem(rehearsal.post("{"), 400);
  expect_problem(
      send_request(rehearsal.base_url(), "POST", kGenerations, {kBearer}, body_of("rain")), 415);
  expect_problem(send_request(rehearsal.base_url(), "POST", kGenerations,
                              {kBearer, "Content-Type: text/plain"}, body_of("rain")),
                 415);
}

TEST(Contract, WantsABearer) {
  const Rehearsal rehearsal(slow());
  for (const char* header : {"X-Nothing: 1", "Authorization: Bearer", "Authorization: Bearer  ",
                             "Authorization: Basic YTpi", "Authorization: a-key"}) {
    expect_problem(
        send_request(rehearsal.base_url(), "POST", kGenerations, {header, kJson}, body_of("rain")),
        401);
    expect_problem(send_request(rehearsal.base_url(), "GET",
                                std::string(kGenerations) + "?generation_id=1", {header}),
                   401);
  }
}

TEST(Contract, WantsTheKeyItWasGiven) {
  const Rehearsal rehearsal({.api_key = "right", .pace = 100});
  const auto post = [&](const char* authorization) {
    return send_request(rehearsal.base_url(), "POST", kGenerations, {authorization, kJson},
                        body_of("rain"));
  };
  expect_problem(post("Authorization: Bearer wrong"), 401);
  EXPECT_EQ(post("Authorization: Bearer right").status, 200);
  EXPECT_EQ(post("authorization: bearer right").status, 200);
}

TEST(Contract, KnowsNoOtherPathMethodOrId) {
  const Rehearsal rehearsal(slow());
  const auto send = [&](const char* method, const std::string& target) {
    return send_request(rehearsal.base_url(), method, target, {kBearer, kJson});
  };
  for (const char* path :
       {"/", "/v2", "/v2/video/generations/", "/v1/video/generations", "/v2/clips/",
        "/v2/clips/x.mp4", "/v2/clips/../../etc/passwd", "/v2/clips/%ff"}) {
    expect_problem(send("GET", path), 404);
  }
  EXPECT_EQ(send("GET", "/v2/clips/..%2f..%2fetc%2fpasswd").status, 400);  // libsoup's own answer
  for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const HttpReply reply = send(method, kGenerations);
    expect_problem(reply, 405);
    EXPECT_EQ(reply.header("allow"), "GET, POST");
  }
  expect_problem(send("GET", kGenerations), 400);
  expect_problem(send("GET", std::string(kGenerations) + "?generation_id="), 400);
  expect_problem(send("GET", std::string(kGenerations) + "?generation_id=..%2f%ff"), 404);
}

TEST(Contract, EchoesOnlyAFitClientRequestId) {
  const Rehearsal rehearsal(slow());
  const auto echo = [&](const std::string& id) {
    return send_request(rehearsal.base_url(), "POST", kGenerations,
                        {kBearer, kJson, "X-Client-Request-Id: " + id}, body_of("rain"))
        .header("x-client-request-id");
  };
  EXPECT_EQ(echo("a.B_9:-"), "a.B_9:-");
  EXPECT_EQ(echo(std::string(128, 'a')), std::string(128, 'a'));
  EXPECT_EQ(echo(std::string(129, 'a')), "");
  EXPECT_EQ(echo("a b"), "");
}

TEST(Contract, BoundsTheBody) {
  const Rehearsal rehearsal(slow());
  expect_problem(rehearsal.post(body_of("rain", "\"x\":\"" + std::string(100'000, 'x') + '"')),
                 413);
  expect_problem(rehearsal.post(std::string(8'000'000, 'x')), 413);
  EXPECT_EQ(rehearsal.post(body_of("rain")).status, 200);
}

TEST(Contract, AnswersOnlyUnderALoopbackHost) {
  const Rehearsal rehearsal(slow());
  const auto status = [&](const char* host) {
    return send_request(rehearsal.base_url(), "POST", kGenerations, {host, kBearer, kJson},
                        body_of("rain"))
        .status;
  };
  for (const char* host :
       {"Host: 127.0.0.1", "Host: localhost:1234", "Host: LOCALHOST", "Host: [::1]:80"}) {
    EXPECT_EQ(status(host), 200) << host;
  }
  for (const char* host : {"Host: rebound.example", "Host: 192.0.2.1", "Host: localhost.example",
                           "Host: 127.0.0.1.example", "Host: 127.0.0.1@rebound.example"}) {
    EXPECT_NE(status(host), 200) << host;
  }
  EXPECT_EQ(status("Host: rebound.example"), 403);
}

TEST(Contract, KeepsAConnection) {
  const Rehearsal rehearsal(slow());
  const std::string request =
      std::string("GET ") + kGenerations + " HTTP/1.1\r\nHost: localhost\r\n";
  const std::string replies = exchange_bytes(
      rehearsal.base_url(), request + "\r\n" + request + "Connection: close\r\n\r\n");
  const std::size_t second = replies.find("HTTP/1.1 401", 1);
  EXPECT_TRUE(replies.starts_with("HTTP/1.1 401"));
  EXPECT_NE(second, std::string::npos);
}

// libsoup 3.2 keeps the descriptor of a connection that ends between two requests.
TEST(Contract, LetsGoOfAConnectionTheClientHasLeft) {
  const Rehearsal rehearsal(slow());
  rehearsal.query("warm up");
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    leave_after_one_reply(rehearsal.base_url(), std::string("GET ") + kGenerations +
                                                    " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  while (open_descriptors() > before + 5) std::this_thread::yield();
}

TEST(Contract, TellsWhyARenderFailed) {
  const TemporaryDir dir;
  const Rehearsal rehearsal({.pace = 0, .state_dir = dir.path()});
  std::filesystem::remove_all(dir.path() / "clips");
  std::ofstream(dir.path() / "clips") << "in the way";
  const HttpReply reply = rehearsal.settle(rehearsal.submit(body_of("rain")));
  EXPECT_EQ(member(reply.body, "$.status"), "error") << reply.body;
  EXPECT_NE(member(reply.body, "$.error.name"), "");
  EXPECT_NE(member(reply.body, "$.error.message"), "");
}

TEST(Contract, RefusesToStartWhereItCannotListen) {
  const Rehearsal rehearsal(slow());
  const std::string& url = rehearsal.base_url();
  const auto port = static_cast<unsigned>(std::stoul(url.substr(url.rfind(':') + 1)));
  EXPECT_TRUE(RehearsalService::start({.port = port}).failed());
  EXPECT_TRUE(RehearsalService::start({.address = "not.an.address"}).failed());
  EXPECT_TRUE(RehearsalService::start({.state_dir = "/dev/null/here"}).failed());
}

}  // namespace
}  // namespace klingtext::testing
