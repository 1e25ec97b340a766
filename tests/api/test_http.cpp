// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/scripted_service.h"

namespace klingtext {
namespace {

using test::Answer;
using test::ScriptedService;

constexpr std::size_t kCap = 1 << 16;

Result<HttpReply, HttpFailure> get(const std::string& url, HttpSettings settings = {}) {
  return HttpSession(settings).send({.url = url}, {.max_body = kCap}, {});
}

TEST(Http, BringsStatusHeadersAndBody) {
  ScriptedService service;
  service.on_clip({Answer::body("hello", "text/x-test", 418).header("X-One", "a")});
  const auto reply = get(service.clip_url());
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->status, 418U);
  EXPECT_EQ(reply->body, "hello");
  EXPECT_EQ(reply->header("content-type"), "text/x-test");
  EXPECT_EQ(reply->header("x-one"), "a");
  EXPECT_EQ(reply->header("x-two"), "");
}

TEST(Http, BringsTheBodyOfA401) {
  ScriptedService service;
  service.on_clip({Answer::status(401).header("WWW-Authenticate", "Bearer realm=\"x\"")});
  const auto reply = get(service.clip_url());
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->status, 401U);
  EXPECT_NE(reply->body.find("Invalid API key"), std::string::npos);
  EXPECT_EQ(service.connections(), 1U);
}

TEST(Http, FollowsNoRedirect) {
  ScriptedService service;
  service.on_clip({Answer::redirect(service.clip_url())});
  const auto reply = get(service.clip_url());
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->status, 302U);
  EXPECT_EQ(service.clip_requests(), 1U);
}

TEST(Http, ReadsNoMoreThanItsCap) {
  ScriptedService service;
  for (const Answer& answer : {Answer::body(std::string(kCap + 1, 'x'), "text/plain"),
                               Answer::body(std::string(kCap + 1, 'x'), "text/plain").chunked()}) {
    service.on_clip({answer});
    const auto reply = get(service.clip_url());
    ASSERT_TRUE(reply.failed());
    EXPECT_EQ(reply.error().fault, HttpFault::too_large);
  }
  service.on_clip({Answer::body(std::string(kCap, 'x'), "text/plain")});
  EXPECT_TRUE(get(service.clip_url()).ok());
}

TEST(Http, LeavesCompressedBytesAlone) {
  ScriptedService service;
  service.on_clip({Answer::body(std::string(10000, 'x'), "text/plain").gzip()});
  const auto reply = get(service.clip_url());
  ASSERT_TRUE(reply.ok());
  EXPECT_LT(reply->body.size(), 1000U);
  EXPECT_EQ(reply->header("content-encoding"), "gzip");
}

TEST(Http, KnowsThatARefusedConnectionSentNothing) {
  std::string url;
  {
    ScriptedService gone;
    url = gone.clip_url();
  }
  const auto reply = get(url);
  ASSERT_TRUE(reply.failed());
  EXPECT_EQ(reply.error().fault, HttpFault::unreachable);
  EXPECT_EQ(reply.error().sent, Sent::no);
  EXPECT_EQ(reply.error().reason.find("signature"), std::string::npos);
}

TEST(Http, CallsSilenceATimeout) {
  ScriptedService service;
  service.on_clip({Answer::normal().hold()});
  const auto reply = get(service.clip_url(), {.timeout = 1});
  ASSERT_TRUE(reply.failed());
  EXPECT_EQ(reply.error().fault, HttpFault::timeout);
  EXPECT_EQ(reply.error().sent, Sent::maybe);
}

TEST(Http, RefusesWhatIsNoWebAddress) {
  for (const char* url : {"", "not a url", "file:///etc/passwd", "ftp://127.0.0.1/x", "http:///x",
                          "data:,hello", "http://"}) {
    const auto reply = get(url);
    ASSERT_TRUE(reply.failed()) << url;
    EXPECT_EQ(reply.error().fault, HttpFault::bad_url) << url << ": " << reply.error().reason;
    EXPECT_EQ(reply.error().sent, Sent::no);
  }
}

TEST(Http, ConnectsToNoInternalAddressWhereOnlyPublicOnesAreAllowed) {
  ScriptedService service;
  const std::string port = std::to_string(service.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]"}) {
    HttpSession session({});
    const auto reply = session.send(
        {.url = "http://" + host + ":" + port + "/clips/x", .addresses = Addresses::public_only},
        {.max_body = kCap}, {});
    ASSERT_TRUE(reply.failed()) << host;
    EXPECT_EQ(reply.error().fault, HttpFault::internal_address) << host << reply.error().reason;
  }
  EXPECT_EQ(service.clip_requests(), 0U);
}

TEST(Http, ReachesAPublicHostThroughAProxyOfTheLocalNetwork) {
  ScriptedService proxy;
  HttpSession session({.proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
  const auto reply =
      session.send({.url = "http://clips.example/clips/x", .addresses = Addresses::public_only},
                   {.max_body = kCap}, {});
  ASSERT_TRUE(reply.ok()) << reply.error().reason;
  EXPECT_EQ(proxy.requests().size(), 1U);
}

TEST(Http, ReachesNoInternalAddressThroughAProxy) {
  ScriptedService proxy;
  HttpSession session({.proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
  const auto reply =
      session.send({.url = "http://10.0.0.1/clips/x", .addresses = Addresses::public_only},
                   {.max_body = kCap}, {});
  ASSERT_TRUE(reply.failed());
  EXPECT_EQ(reply.error().fault, HttpFault::internal_address);
  EXPECT_EQ(proxy.requests().size(), 0U);
}

TEST(Http, GoesToLoopbackWithoutTheProxy) {
  ScriptedService service;
  ScriptedService proxy;
  const auto reply =
      get(service.clip_url(), {.proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
  EXPECT_TRUE(reply.ok());
  EXPECT_EQ(proxy.connections(), 0U);
  EXPECT_EQ(service.clip_requests(), 1U);
}

TEST(Http, StopsInTheMiddleOfABody) {
  ScriptedService service;
  service.on_clip({Answer::body(std::string(1000, 'x'), "text/plain").hold_after(500)});
  std::stop_source stop;
  HttpSession session({});
  std::jthread stopper([&] {
    EXPECT_TRUE(service.wait_for([&] { return service.counts().clip_bytes >= 500; }));
    stop.request_stop();
  });
  EXPECT_TRUE(
      session.send({.url = service.clip_url()}, {.max_body = kCap}, stop.get_token()).stopped());
}

}  // namespace
}  // namespace klingtext
