// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <stop_token>
#include <thread>

#include "base/unique_fd.h"
#include "support/socket_stream.h"

namespace klingtext::test {

enum class Loopback { v4, v6 };

// Accepts on 127.0.0.1, or ::1, and serves each connection on a thread of its own. The destructor
// cuts all connections and joins; whatever `serve` waits for must end with its stop token.
class Listener {
 public:
  using Serve = std::function<void(const std::stop_token&, SocketStream&, std::uint16_t port)>;

  // Port 0 picks a free one. Throws when the port cannot be had.
  Listener(std::uint16_t port, Serve serve, Loopback loopback = Loopback::v4);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  struct Running {
    std::atomic<bool> finished = false;
    std::jthread thread;  // last: joined before the flag goes
  };
  void accept_until(const std::stop_token& stop);
  void start(UniqueFd connection);

  Serve serve_;
  UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::list<Running> running_;  // the accepting thread's, and the destructor's after it
  std::jthread accepting_;
};

}  // namespace klingtext::test
