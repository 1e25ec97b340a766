// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace klingtext::test {
namespace {

void must(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Listener::Listener(std::uint16_t port, Serve serve, Loopback loopback)
    : serve_(std::move(serve)),
      socket_(
          socket(loopback == Loopback::v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  must(socket_.get(), "socket");
  const int on = 1;
  must(setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  // The port stands at the same place in both kinds of address.
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address = {};
  address.v6 = {};
  if (loopback == Loopback::v4) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_addr = in6addr_loopback;
  }
  address.v4.sin_port = htons(port);
  socklen_t size = loopback == Loopback::v4 ? sizeof address.v4 : sizeof address.v6;
  must(bind(socket_.get(), &address.any, size), "bind");
  must(listen(socket_.get(), 1024), "listen");
  must(getsockname(socket_.get(), &address.any, &size), "getsockname");
  port_ = ntohs(address.v4.sin_port);
  accepting_ = std::jthread([this](const std::stop_token& stop) { accept_until(stop); });
}

Listener::~Listener() {
  accepting_.request_stop();
  accepting_.join();
  for (Running& each : running_) each.thread.request_stop();
}

void Listener::accept_until(const std::stop_token& stop) {
  // On Linux this makes a blocked accept() return.
  std::stop_callback wake(stop, [this] { shutdown(socket_.get(), SHUT_RDWR); });
  while (!stop.stop_requested()) {
    UniqueFd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) {
      start(std::move(connection));
    } else if (!stop.stop_requested() && errno != EINTR) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // out of descriptors, mostly
    }
    running_.remove_if([](const Running& each) { return each.finished.load(); });
  }
}

void Listener::start(UniqueFd connection) {
  const int on = 1;
  setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Running& here = running_.emplace_back();
  here.thread = std::jthread(
      [this, &here](const std::stop_token& stop, UniqueFd fd) {
        {
          SocketStream stream(std::move(fd));
          std::stop_callback cut(stop, [&stream] { stream.shut(); });
          serve_(stop, stream, port_);
        }
        here.finished = true;
      },
      std::move(connection));
}

}  // namespace klingtext::test
