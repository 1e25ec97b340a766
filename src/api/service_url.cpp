// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/service_url.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext {
namespace {

using Address4 = std::array<std::uint8_t, 4>;

bool is_internal(const Address4& a) {
  return a[0] == 0 || a[0] == 10 || a[0] == 127 || (a[0] == 100 && (a[1] & 0xc0U) == 64) ||
         (a[0] == 169 && a[1] == 254) || (a[0] == 172 && (a[1] & 0xf0U) == 16) ||
         (a[0] == 192 && a[1] == 168) || (a[0] == 192 && a[1] == 0 && a[2] == 0) ||
         (a[0] == 198 && (a[1] & 0xfeU) == 18) || a[0] >= 224;
}

bool starts_with(std::span<const std::uint8_t> bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_internal_v6(std::span<const std::uint8_t> a) {
  const auto v4_at = [a](std::size_t i) { return Address4{a[i], a[i + 1], a[i + 2], a[i + 3]}; };
  // ::, ::1, IPv4-compatible and IPv4-mapped
  if (starts_with(a, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) {
    const bool wraps_v4 = (a[10] == 0 && a[11] == 0) || (a[10] == 0xff && a[11] == 0xff);
    return !wraps_v4 || is_internal(v4_at(12));
  }
  if (starts_with(a, {0x00, 0x64, 0xff, 0x9b})) return is_internal(v4_at(12));  // NAT64
  if (starts_with(a, {0x20, 0x02})) return is_internal(v4_at(2));               // 6to4
  return (a[0] & 0xfeU) == 0xfc ||                                              // unique local
         (a[0] == 0xfe && (a[1] & 0x80U) != 0) ||                               // link, site local
         a[0] == 0xff;                                                          // multicast
}

Reach reach_of(const std::string& host) {
  if (is_loopback_host(host)) return Reach::loopback;
  return is_internal_host(host) ? Reach::internal : Reach::elsewhere;
}

Error bad_base_url(const std::string& why) {
  return Error{.kind = ErrorKind::settings,
               .message = "The base-url " + why + " Set it to something like " +
                          std::string(kDefaultBaseUrl) + "."};
}

}  // namespace

bool is_internal_address(GInetAddress* address) {
  const std::span<const std::uint8_t> bytes(g_inet_address_to_bytes(address),
                                            g_inet_address_get_native_size(address));
  if (bytes.size() == 4) return is_internal({bytes[0], bytes[1], bytes[2], bytes[3]});
  return is_internal_v6(bytes);
}

bool is_loopback_host(const std::string& host) {
  if (g_ascii_strcasecmp(host.c_str(), "localhost") == 0) return true;
  const auto address = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address && g_inet_address_get_is_loopback(address.get());
}

bool is_internal_host(const std::string& host) {
  if (is_loopback_host(host)) return true;
  const auto address = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address && is_internal_address(address.get());
}

std::string without_query(const std::string& url) {
  return url.substr(0, url.find_first_of("?#"));
}

Result<ServiceUrl> parse_service_url(const std::string& text) {
  // The path stays escaped: what an escape in it stands for must not become a query of ours.
  constexpr auto kFlags =
      static_cast<GUriFlags>(G_URI_FLAGS_SCHEME_NORMALIZE | G_URI_FLAGS_ENCODED_PATH);
  const GUriPtr uri(g_uri_parse(trimmed(text).c_str(), kFlags, nullptr));
  if (uri == nullptr || g_uri_get_host(uri.get()) == nullptr ||
      *g_uri_get_host(uri.get()) == '\0') {
    return bad_base_url("is not a URL with a host.");
  }
  const std::string scheme = g_uri_get_scheme(uri.get());
  if (scheme != "https" && scheme != "http") return bad_base_url("is neither https: nor http:.");
  if (g_uri_get_userinfo(uri.get()) != nullptr || g_uri_get_query(uri.get()) != nullptr ||
      g_uri_get_fragment(uri.get()) != nullptr) {
    return bad_base_url("must not have a user, a query or a fragment.");
  }
  const GCharPtr host(g_ascii_strdown(g_uri_get_host(uri.get()), -1));
  ServiceUrl url;
  url.reach = reach_of(host.get());
  if (scheme == "http" && url.reach != Reach::loopback) {
    return bad_base_url("would send the API key in the clear: http: is for loopback only.");
  }
  // Parsing fills in the scheme's own port: left out again, as most people leave it.
  const int port = g_uri_get_port(uri.get());
  const GCharPtr origin(g_uri_join(G_URI_FLAGS_NONE, scheme.c_str(), nullptr, host.get(),
                                   port == (scheme == "https" ? 443 : 80) ? -1 : port, "", nullptr,
                                   nullptr));
  url.origin = origin.get();
  std::string path = g_uri_get_path(uri.get());
  while (path.ends_with('/')) path.pop_back();
  url.text = url.origin + path;
  return url;
}

}  // namespace klingtext
