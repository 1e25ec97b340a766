// SPDX-License-Identifier: LGPL-2.1-or-later
// Peers that keep a connection without using it, or use it without end.
#include <array>
#include <atomic>
#include <cstdio>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Listener;
using test::SocketStream;

// Answers every request with `head`, then with `piece` as long as somebody listens.
class Endless {
 public:
  Endless(std::string head, std::string piece)
      : listener_(0, [this, head = std::move(head), piece = std::move(piece)](
                         const std::stop_token& stop, SocketStream& stream, std::uint16_t) {
          if (!stream.read_head() || !stream.send(head)) return;
          while (!stop.stop_requested() && stream.send(piece)) sent_ += piece.size();
        }) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
  std::uint64_t sent() const { return sent_; }

 private:
  std::atomic<std::uint64_t> sent_ = 0;
  Listener listener_;
};

constexpr const char* kOk = "HTTP/1.1 200 OK\r\n";
// What the kernel takes in advance on both sides of a loopback connection comes on top.
constexpr std::uint64_t kBuffers = 16 << 20;

Result<HttpReply, HttpFailure> get(const std::string& url) {
  HttpSession session({.timeout = 30});
  return session.send({.url = url}, {.max_body = 1 << 20}, {});
}

TEST(EndlessReplies, HaveHeadsThatAreCutOff) {
  const Endless headers(kOk, "X-Header: " + std::string(1000, 'x') + "\r\n");
  const auto many = get(headers.url());
  EXPECT_TRUE(many.failed());
  EXPECT_LT(headers.sent(), kBuffers);
  const Endless line(std::string(kOk) + "X-Header: ", std::string(1000, 'x'));
  const auto one = get(line.url());
  EXPECT_TRUE(one.failed());
  EXPECT_LT(line.sent(), kBuffers);
}

// What a body without end is announced as, and a piece of it.
struct Body {
  const char* head;
  std::string (*piece)(const std::string& bytes);
};
std::string as_it_is(const std::string& bytes) {
  return bytes;
}
std::string as_a_chunk(const std::string& bytes) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + bytes + "\r\n";
}
const Body kUntilItCloses{"", as_it_is};
const Body kChunked{"Transfer-Encoding: chunked\r\n", as_a_chunk};
const Body kAGigabyte{"Content-Length: 1000000000\r\n", as_it_is};

class EndlessBody : public testing::TestWithParam<Body> {};

TEST_P(EndlessBody, IsCutOff) {
  const Endless body(std::string(kOk) + GetParam().head + "\r\n",
                     GetParam().piece(std::string(1000, 'x')));
  const auto reply = get(body.url());
  ASSERT_TRUE(reply.failed());
  EXPECT_EQ(reply.error().fault, HttpFault::too_large);
  EXPECT_LT(body.sent(), kBuffers);
}

class EndlessClip : public test::JobFixture, public testing::WithParamInterface<Body> {};

TEST_P(EndlessClip, TakesNoMoreOfTheDiskThanAllowed) {
  // Every piece begins as an MP4 does.
  const Endless storage(std::string(kOk) + "Content-Type: video/mp4\r\n" + GetParam().head + "\r\n",
                        GetParam().piece(clip_));
  service_.always_on_poll(test::Answer::json(R"({"id":"x","status":"completed","video":{"url":")" +
                                             storage.url() + "\"}}"));
  JobSpec one = spec();
  one.max_clip_size = 1 << 20;
  const Error error = error_of(one);
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(test::holds(error.message, "max-clip-size")) << error.message;
  std::uint64_t stored = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(store_path())) {
    if (file.is_regular_file()) stored += file.file_size();
  }
  EXPECT_LE(stored, (1 << 20) + (64 << 10));
  EXPECT_EQ(service_.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Bodies, EndlessBody,
                         testing::Values(kUntilItCloses, kChunked, kAGigabyte));
INSTANTIATE_TEST_SUITE_P(Clips, EndlessClip, testing::Values(kUntilItCloses, kChunked, kAGigabyte));

class KeptConnections : public test::JobFixture {};

// Between two polls the service, or something in between, forgot the connection.
TEST_F(KeptConnections, ThatDiedAreReplacedWithoutAskingTwiceForMoney) {
  service_.set_statuses({"queued", "queued", "queued", "completed"});
  service_.on_poll({test::Answer::normal().header("Connection", "keep-alive"),
                    test::Answer::normal().lost_reset()});
  JobSpec one = spec();
  const auto job = attach_job(one);
  ASSERT_TRUE(service_.wait_for([&] { return service_.polls() >= 2; }));
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(service_.accepted(), 1U);
}

}  // namespace
}  // namespace klingtext
