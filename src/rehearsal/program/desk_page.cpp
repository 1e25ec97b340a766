// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/desk_page.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/glib_ptr.h"

extern "C" {
#include "page_files.h"  // made from the files in page/
}

namespace klingtext::rehearsal {

namespace {

struct PageFile {
  const char* path;      // on the service
  const char* resource;  // in the program
  const char* type;
};
constexpr std::array kFiles = {
    PageFile{"/", "/page/index.html", "text/html; charset=utf-8"},
    PageFile{"/desk.css", "/page/desk.css", "text/css; charset=utf-8"},
    PageFile{"/desk.js", "/page/desk.js", "text/javascript; charset=utf-8"},
    PageFile{"/lines.js", "/page/lines.js", "text/javascript; charset=utf-8"},
    PageFile{"/service.js", "/page/service.js", "text/javascript; charset=utf-8"},
    PageFile{"/openapi.json", "/page/openapi.json", "application/json"},
    PageFile{"/desk.svg", "/page/desk.svg", "image/svg+xml"},
};

// Nothing but the files above and what they ask this service for; no markup made by scripts.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; media-src 'self'";

// Clips may come from another port of the same host. An IPv6 address has no place in a policy.
std::string policy_for(const Exchange& exchange) {
  const std::string host = g_uri_get_host(soup_server_message_get_uri(exchange.message()));
  const bool plain = std::all_of(host.begin(), host.end(),
                                 [](char c) { return g_ascii_isalnum(c) || c == '.' || c == '-'; });
  return plain ? std::string(kPolicy) + " http://" + host + ":*" : kPolicy;
}

std::string content_of(const PageFile& file, const std::string& token) {
  const GBytesPtr bytes(g_resource_lookup_data(klingtext_page_files_get_resource(), file.resource,
                                               G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  std::string content(data, size);
  constexpr std::string_view kPlace = "@TOKEN@";
  if (const auto place = content.find(kPlace); place != std::string::npos) {
    content.replace(place, kPlace.size(), token);
  }
  return content;
}

}  // namespace

bool DeskPage::serve(const Exchange& exchange) const {
  for (const PageFile& file : kFiles) {
    if (exchange.path() != file.path) continue;
    const std::string method = exchange.method();
    if (method != "GET" && method != "HEAD") {
      exchange.set_header("Allow", "GET, HEAD");
      exchange.reply_problem(SOUP_STATUS_METHOD_NOT_ALLOWED, "MethodNotAllowed",
                             "Allowed here: GET, HEAD");
      return true;
    }
    exchange.set_header("Content-Security-Policy", policy_for(exchange));
    exchange.set_header("X-Content-Type-Options", "nosniff");
    exchange.set_header("Referrer-Policy", "no-referrer");
    exchange.set_header("Cross-Origin-Opener-Policy", "same-origin");
    exchange.set_header("Cross-Origin-Resource-Policy", "same-origin");
    exchange.set_header("Cache-Control", "no-store");
    exchange.reply_bytes(SOUP_STATUS_OK, file.type, content_of(file, token_));
    return true;
  }
  return false;
}

}  // namespace klingtext::rehearsal
