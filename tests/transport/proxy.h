// SPDX-License-Identifier: LGPL-2.1-or-later
// An HTTP proxy that knows a few names and keeps every byte it can read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "support/listener.h"

namespace klingtext::test {

class Proxy {
 public:
  // Names with their ports on 127.0.0.1; others get 403.
  explicit Proxy(std::map<std::string, std::uint16_t> names);
  ~Proxy() { listener_.reset(); }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string uri() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }
  // "CONNECT name:443" or "GET http://name/path?query", in order.
  std::vector<std::string> asked() { return seen_.lock()->asked; }
  // Everything clients sent, inside tunnels too.
  std::string bytes() { return seen_.lock()->bytes; }

 private:
  struct Seen {
    std::vector<std::string> asked;
    std::string bytes;
  };
  void serve(SocketStream& stream);

  std::map<std::string, std::uint16_t> names_;
  Guarded<Seen> seen_;
  std::unique_ptr<Listener> listener_;  // last: its threads use the rest
};

}  // namespace klingtext::test
