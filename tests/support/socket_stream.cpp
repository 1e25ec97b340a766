// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/socket_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace klingtext::test {
namespace {

constexpr std::size_t kMaxHead = 256 * 1024;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

}  // namespace

bool SocketStream::receive_more() {
  std::array<char, 16384> buffer;
  ssize_t n = 0;
  do {
    n = recv(fd_.get(), buffer.data(), buffer.size(), 0);
  } while (n < 0 && errno == EINTR);
  if (n <= 0) return false;
  pending_.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<ReceivedRequest> SocketStream::read_head() {
  std::size_t end = std::string::npos;
  while ((end = pending_.find(kEndOfHead)) == std::string::npos) {
    if (pending_.size() > kMaxHead || !receive_more()) return std::nullopt;
  }
  auto request = ReceivedRequest::parse(std::string_view(pending_).substr(0, end));
  pending_.erase(0, end + kEndOfHead.size());
  return request;
}

bool SocketStream::read_body(ReceivedRequest& request) {
  const std::size_t length = request.content_length();
  while (pending_.size() < length) {
    if (!receive_more()) return false;
  }
  request.body = pending_.substr(0, length);
  pending_.erase(0, length);
  return true;
}

bool SocketStream::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool SocketStream::peer_left() const {
  pollfd state = {fd_.get(), POLLRDHUP, 0};
  return poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void SocketStream::reset_at_close() {
  const linger now = {1, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void SocketStream::finish() {
  shutdown(fd_.get(), SHUT_WR);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < give_up) {
    pollfd state = {fd_.get(), POLLIN, 0};
    if (poll(&state, 1, 100) > 0 && !receive_more()) return;
    pending_.clear();
  }
}

void SocketStream::shut() {
  shutdown(fd_.get(), SHUT_RDWR);
}

}  // namespace klingtext::test
