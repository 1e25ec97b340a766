// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the service is, what may be connected to, and what of a URL may be shown.
#pragma once

#include <gio/gio.h>

#include <string>

#include "base/result.h"

namespace klingtext {

inline constexpr const char* kDefaultBaseUrl = "https://api.aimlapi.com/v2";

// `internal` is an address of the local network, given as a number.
enum class Reach { loopback, internal, elsewhere };

struct ServiceUrl {
  std::string text;    // normalised: lower-case scheme and host, no default port, no final slash
  std::string origin;  // scheme, host and port: where the key may go
  Reach reach = Reach::elsewhere;
};

// `http:` is taken for loopback only: a key must not cross a network in the clear.
Result<ServiceUrl> parse_service_url(const std::string& text);

// localhost, 127.0.0.0/8 or ::1.
bool is_loopback_host(const std::string& host);

// Loopback, link-local, private, shared, unspecified and multicast addresses, also where IPv6 wraps
// an IPv4 address: nothing a stranger's URL should make us connect to.
bool is_internal_address(GInetAddress* address);
// The same of a host that is given as a number; other names only turn out when they are resolved.
bool is_internal_host(const std::string& host);

// The URL without its query: signed links are secrets.
std::string without_query(const std::string& url);

}  // namespace klingtext
