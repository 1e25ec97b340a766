// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_links.h"

#include <string_view>

#include "base/random.h"
#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::string_view kSuffix = ".mp4";
constexpr std::size_t kKeyBytes = 32;

std::string path_of(const std::string& clip) {
  return ClipLinks::kFolder + clip + std::string(kSuffix);
}

std::int64_t seconds_now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

std::string join(const Exchange& exchange, unsigned port, const std::string& path,
                 const std::string& query) {
  GUri* here = soup_server_message_get_uri(exchange.message());
  const GCharPtr url(g_uri_join(G_URI_FLAGS_NONE, "http", nullptr, g_uri_get_host(here),
                                static_cast<int>(port), path.c_str(),
                                query.empty() ? nullptr : query.c_str(), nullptr));
  return url.get();
}

}  // namespace

ClipLinks::ClipLinks(std::chrono::seconds life) : life_(life), key_(random_hex(kKeyBytes)) {}

std::string ClipLinks::signature(const std::string& path, const std::string& expires) const {
  const std::string text = path + '\n' + expires;
  const std::string& key = key_.reveal();
  const GCharPtr code(
      g_compute_hmac_for_string(G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(key.data()),
                                key.size(), text.data(), static_cast<gssize>(text.size())));
  return code.get();
}

std::string ClipLinks::signed_query(const std::string& path, std::chrono::seconds life) const {
  const std::string expires = std::to_string(seconds_now() + life.count());
  return "Expires=" + expires + "&Signature=" + signature(path, expires);
}

std::string ClipLinks::url(const Exchange& exchange, unsigned port, const std::string& clip) const {
  const std::string path = path_of(clip);
  return join(exchange, port, path, life_.count() > 0 ? signed_query(path, life_) : std::string());
}

std::string ClipLinks::expired_url(const Exchange& exchange, unsigned port,
                                   const std::string& clip) const {
  const std::string path = path_of(clip);
  return join(exchange, port, path, signed_query(path, std::chrono::seconds(-1)));
}

std::string ClipLinks::clip_of(const std::string& path) {
  std::string_view name = path;
  if (!name.starts_with(kFolder) || !name.ends_with(kSuffix)) return {};
  name.remove_prefix(std::string_view(kFolder).size());
  return std::string(name.substr(0, name.size() - std::min(name.size(), kSuffix.size())));
}

bool ClipLinks::holds(const Exchange& exchange) const {
  const std::string expires = exchange.query_parameter("Expires");
  if (expires.empty()) return life_.count() == 0;
  // Hashes, so that the time it takes tells nothing about the signature.
  if (sha256_hex(exchange.query_parameter("Signature")) !=
      sha256_hex(signature(exchange.path(), expires))) {
    return false;
  }
  return seconds_now() < g_ascii_strtoll(expires.c_str(), nullptr, 10);
}

}  // namespace klingtext::rehearsal
