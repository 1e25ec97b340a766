// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transport/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace klingtext::test {

End plain_end(int descriptor) {
  return {.descriptor = descriptor,
          .read = [descriptor](std::span<char> into) -> long {
            return recv(descriptor, into.data(), into.size(), 0);
          },
          .write =
              [descriptor](std::string_view bytes) {
                while (!bytes.empty()) {
                  const ssize_t n = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
                  if (n <= 0) return false;
                  bytes.remove_prefix(static_cast<std::size_t>(n));
                }
                return true;
              }};
}

UniqueFd connection_to(std::uint16_t port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
  return fd;
}

void relay(const End& client, const End& service,
           const std::function<void(std::string_view)>& sent) {
  std::array<char, 16384> buffer;
  const auto pass = [&buffer](const End& from, const End& to,
                              const std::function<void(std::string_view)>& told) {
    const long n = from.read(buffer);
    if (n <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
    told(bytes);
    return to.write(bytes);
  };
  while (true) {
    std::array<pollfd, 2> ends{{{client.descriptor, POLLIN, 0}, {service.descriptor, POLLIN, 0}}};
    const bool waits = !client.holds_bytes() && !service.holds_bytes();
    if (poll(ends.data(), ends.size(), waits ? -1 : 0) < 0 && errno != EINTR) return;
    const bool from_client = ends[0].revents != 0 || client.holds_bytes();
    const bool from_service = ends[1].revents != 0 || service.holds_bytes();
    if (from_client && !pass(client, service, sent)) return;
    if (from_service && !pass(service, client, [](std::string_view) {})) return;
  }
}

}  // namespace klingtext::test
