// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes a service on a plain port one that is reached by https: takes TLS apart in front of it.
// With `protocol` it says in the handshake that the service speaks that, "h2" for one.
#pragma once

#include <gnutls/gnutls.h>

#include <atomic>
#include <memory>
#include <string>

#include "support/listener.h"
#include "transport/authority.h"

namespace klingtext::test {

class TlsFront {
 public:
  TlsFront(const Identity& identity, std::uint16_t service_port, std::string protocol = "");
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  std::uint16_t port() const { return listener_->port(); }
  unsigned connections() const { return connections_; }  // ever
  unsigned handshakes() const { return handshakes_; }    // of these, completed
  // Of the clients' bytes, how many came through.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void serve(SocketStream& stream);

  gnutls_certificate_credentials_t credentials_ = nullptr;
  std::uint16_t service_port_;
  std::string protocol_;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> handshakes_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::unique_ptr<Listener> listener_;  // last: its threads use the rest
};

}  // namespace klingtext::test
