// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes to and fro between a client and a service that is behind something: TLS, a proxy.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace klingtext::test {

// One end of a conversation. What it reads may wait inside it, where poll() does not see it.
struct End {
  int descriptor = -1;
  std::function<long(std::span<char>)> read;    // 0 or less: it is over
  std::function<bool(std::string_view)> write;  // false: it is over
  std::function<bool()> holds_bytes = [] { return false; };
};

End plain_end(int descriptor);

// A connection to a port of 127.0.0.1. Throws when nobody is there.
UniqueFd connection_to(std::uint16_t port);

// Until either end is over. `sent` is told what the first end sends.
void relay(
    const End& client, const End& service,
    const std::function<void(std::string_view)>& sent = [](std::string_view) {});

}  // namespace klingtext::test
