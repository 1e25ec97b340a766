// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/scripted_service.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>

#include "support/fake_mp4.h"

namespace klingtext::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPost = "POST /v2/video/generations HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

enum class End { fin, reset, refused };
struct Answered {
  std::string head;
  std::string body;
  End end = End::fin;
  bool says(const std::string& text) const { return head.find(text) != std::string::npos; }
};

// One request on one connection, and everything that comes back until it ends.
Answered ask(const ScriptedService& service, std::string request) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(service.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return {"", "", End::refused};
  request.insert(request.find("\r\n") + 2, "Connection: close\r\n");
  send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
  std::string all;
  std::array<char, 4096> buffer;
  ssize_t n = 0;
  while ((n = recv(fd.get(), buffer.data(), buffer.size(), 0)) > 0)
    all.append(buffer.data(), static_cast<std::size_t>(n));
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos) return {"", all, n < 0 ? End::reset : End::fin};
  return {all.substr(0, end), all.substr(end + 4), n < 0 ? End::reset : End::fin};
}

Answered get(const ScriptedService& service, const std::string& target,
             const std::string& headers = "") {
  return ask(service, "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n");
}

Answered poll_first(const ScriptedService& service) {
  return get(service, "/v2/video/generations?generation_id=" + service.generation_ids().at(0));
}

TEST(ScriptedService, LeadsASubmissionThroughItsStatusesToAClip) {
  ScriptedService service({.statuses = {"queued", "generating", "completed"}, .ids = {"-7:a/b"}});
  EXPECT_NE(ask(service, kPost).body.find("{\"id\":\"-7:a/b\",\"status\":\"queued\""),
            std::string::npos);
  EXPECT_NE(poll_first(service).body.find("\"queued\""), std::string::npos);
  EXPECT_NE(poll_first(service).body.find("\"generating\""), std::string::npos);
  const std::string completed = poll_first(service).body;
  EXPECT_NE(completed.find("\"credits_used\":1400000"), std::string::npos);
  EXPECT_NE(completed.find("\"url\":\"http://127.0.0.1:" + std::to_string(service.port())),
            std::string::npos);
  service.set_clip(fake_mp4({.size = 5000}));
  EXPECT_EQ(get(service, "/clips/any.mp4").body, fake_mp4({.size = 5000}));
  EXPECT_EQ(service.submissions(), 1U);
  EXPECT_EQ(service.accepted(), 1U);
  EXPECT_EQ(service.polls(), 3U);
  EXPECT_EQ(service.clip_requests(), 1U);
  EXPECT_EQ(service.submission_list().at(0).body, "{}");
}

TEST(ScriptedService, AnswersQueuedAnswersFirst) {
  ScriptedService service;
  service.on_submit({Answer::status(503).header("Retry-After", "1"), Answer::json("{\"a\":1}")});
  const Answered first = ask(service, kPost);
  EXPECT_TRUE(first.says("HTTP/1.1 503 "));
  EXPECT_TRUE(first.says("Retry-After: 1"));
  EXPECT_EQ(ask(service, kPost).body, "{\"a\":1}");
  EXPECT_TRUE(ask(service, kPost).says("HTTP/1.1 200 "));
  EXPECT_EQ(service.submissions(), 3U);
  EXPECT_EQ(service.accepted(), 2U);
}

TEST(ScriptedService, TellsALostAnswerFromALostRequest) {
  ScriptedService service;
  service.on_submit({Answer::normal().lost(), Answer::normal().lost_reset(),
                     Answer::normal().close_unread(), Answer::normal().reset_unread()});
  EXPECT_EQ(ask(service, kPost).end, End::fin);
  EXPECT_EQ(ask(service, kPost).end, End::reset);
  EXPECT_EQ(service.accepted(), 2U);
  ask(service, kPost);
  ask(service, kPost);
  EXPECT_EQ(service.submissions(), 2U);
}

TEST(ScriptedService, HoldsAnAnswerUntilReleased) {
  ScriptedService service;
  service.on_submit({Answer::normal().hold()});
  Answered answered;
  std::jthread client([&] { answered = ask(service, kPost); });
  ASSERT_TRUE(service.wait_for([&] { return service.submissions() == 1; }));
  EXPECT_EQ(service.open_connections(), 1U);
  service.release();
  client.join();
  EXPECT_TRUE(answered.says("200"));
}

TEST(ScriptedService, EndsWithAnAnswerStillHeld) {
  std::jthread client;
  {
    ScriptedService service;
    service.always_on_submit(Answer::normal().hold());
    client = std::jthread([&service] { ask(service, kPost); });
    ASSERT_TRUE(service.wait_for([&] { return service.submissions() == 1; }));
    service.go_down();
    client.join();
  }
}

TEST(ScriptedService, ServesRangesLikeACdn) {
  ScriptedService service;
  const std::string clip = fake_mp4({.size = 1000});
  service.set_clip(clip);
  const Answered part = get(service, "/clips/c.mp4", "Range: bytes=100-199\r\n");
  EXPECT_TRUE(part.says("206"));
  EXPECT_TRUE(part.says("Content-Range: bytes 100-199/1000"));
  EXPECT_EQ(part.body, clip.substr(100, 100));
  EXPECT_EQ(get(service, "/clips/c.mp4", "Range: bytes=-10\r\n").body, clip.substr(990));
  EXPECT_TRUE(get(service, "/clips/c.mp4", "Range: bytes=1000-\r\n").says("416"));
  const std::string other = "Range: bytes=5-\r\nIf-Range: \"other\"\r\n";
  EXPECT_EQ(get(service, "/clips/c.mp4", other).body, clip);
  const Answered head = ask(service, "HEAD /clips/c.mp4 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(head.says("Content-Length: 1000"));
  EXPECT_EQ(head.body, "");
}

TEST(ScriptedService, BendsAClipTheWayAsked) {
  ScriptedService service;
  const std::string clip = fake_mp4({.size = 1000});
  service.set_clip(clip);
  service.on_clip({Answer::normal().cut_after(10), Answer::normal().chunked().cut_after(10),
                   Answer::normal().ignoring_range(), Answer::normal().total(77),
                   Answer::normal().without_length().without_etag(),
                   Answer::redirect("$CLIP", 302)});
  const Answered cut = get(service, "/clips/c.mp4");
  EXPECT_TRUE(cut.says("Content-Length: 1000"));
  EXPECT_EQ(cut.body, clip.substr(0, 10));
  EXPECT_EQ(get(service, "/clips/c.mp4").body, "a\r\n" + clip.substr(0, 10) + "\r\n");
  EXPECT_EQ(get(service, "/clips/c.mp4", "Range: bytes=5-\r\n").body, clip);
  EXPECT_TRUE(get(service, "/clips/c.mp4", "Range: bytes=5-\r\n").says("bytes 5-999/77"));
  const Answered bare = get(service, "/clips/c.mp4");
  EXPECT_FALSE(bare.says("Content-Length") || bare.says("ETag"));
  EXPECT_TRUE(get(service, "/clips/c.mp4").says("Location: http://127.0.0.1:"));
  EXPECT_EQ(service.counts().clip_bytes, 10U + 10U + 1000U + 995U + 1000U);
}

TEST(ScriptedService, SlowsDownAsAsked) {
  ScriptedService service;
  service.set_clip(fake_mp4({.size = 1000}));
  service.on_clip({Answer::normal().throttle(5000)});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(get(service, "/clips/c.mp4").body.size(), 1000U);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 180ms);
}

TEST(ScriptedService, ComesBackOnTheSamePort) {
  ScriptedService service;
  service.go_down();
  EXPECT_EQ(ask(service, kPost).end, End::refused);
  service.come_back();
  EXPECT_TRUE(ask(service, kPost).says("200"));
}

TEST(ScriptedService, ChecksAKeyWhenItHasOne) {
  ScriptedService service({.api_key = "right"});
  EXPECT_TRUE(ask(service, kPost).says("401"));
  std::string authorized = kPost;
  authorized.insert(authorized.find("\r\n") + 2, "authorization: Bearer right\r\n");
  EXPECT_TRUE(ask(service, authorized).says("200"));
  EXPECT_EQ(service.accepted(), 1U);
}

}  // namespace
}  // namespace klingtext::test
