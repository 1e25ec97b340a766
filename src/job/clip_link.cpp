// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/clip_link.h"

#include "base/text.h"

namespace klingtext {
namespace {

std::string scheme_of(const GUriPtr& uri) {
  return g_uri_get_scheme(uri.get());
}

}  // namespace

Result<std::string, HttpFailure> redirected(const std::string& from, const std::string& location) {
  const auto refused = [](const std::string& why) {
    return HttpFailure{HttpFault::bad_url, Sent::maybe, why};
  };
  const GUriPtr base(g_uri_parse(from.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  if (base == nullptr) return refused("its link is no URL");
  const GUriPtr target(
      g_uri_parse_relative(base.get(), location.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  if (target == nullptr) return refused("its link leads to something that is no URL");
  const std::string scheme = scheme_of(target);
  if (scheme != "https" && scheme != "http") {
    return refused("its link leads to " + one_line(scheme, 20) + ":, which is not the web");
  }
  if (scheme == "http" && scheme_of(base) == "https") {
    return refused("its link leads from https: to http:");
  }
  const GCharPtr text(g_uri_to_string(target.get()));
  return std::string(text.get());
}

std::string clip_link(const std::string& from, const std::string& url) {
  const GCharPtr scheme(g_uri_parse_scheme(url.c_str()));
  const bool is_text = url.find_first_of(" \t\r\n") != std::string::npos;
  if (scheme != nullptr || is_text) return url;
  const auto absolute = redirected(from, url);
  return absolute.ok() ? *absolute : url;
}

}  // namespace klingtext
