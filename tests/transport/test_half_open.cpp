// SPDX-License-Identifier: LGPL-2.1-or-later
// A machine that went away without a word: the connection stays, and nothing comes.
#include <condition_variable>
#include <mutex>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Listener;
using test::SocketStream;

TEST(HalfOpen, ConnectionsEndInATimeoutInAnyPhase) {
  Listener silent(0, [](const std::stop_token& stop, SocketStream& stream, std::uint16_t) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any stopped;
    (void)stream.read_head();
    stopped.wait(lock, stop, [] { return false; });
  });
  for (const std::string scheme : {"http", "https"}) {  // after the request; in the handshake
    HttpSession session({.timeout = 1});
    const auto reply =
        session.send({.url = scheme + "://127.0.0.1:" + std::to_string(silent.port()) + "/"},
                     {.max_body = 1000}, {});
    ASSERT_TRUE(reply.failed()) << scheme;
    EXPECT_EQ(reply.error().fault, HttpFault::timeout) << scheme << ": " << reply.error().reason;
    EXPECT_EQ(reply.error().sent, scheme == "http" ? Sent::maybe : Sent::no) << scheme;
  }
}

}  // namespace
}  // namespace klingtext
