// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace klingtext::test {

// One HTTP request as it came over the wire.
struct ReceivedRequest {
  std::string method;
  std::string target;  // path and query, still percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::uint16_t port = 0;  // where it arrived: tells the two origins apart

  std::string path() const;
  // The decoded value of a query parameter; a `+` stays a plus.
  std::optional<std::string> query(std::string_view name) const;
  // Names compare without regard to case.
  std::optional<std::string> header(std::string_view name) const;
  std::size_t content_length() const;

  // From the request line and headers, without the empty line. Nothing when it is not HTTP/1.x.
  static std::optional<ReceivedRequest> parse(std::string_view head);
};

}  // namespace klingtext::test
