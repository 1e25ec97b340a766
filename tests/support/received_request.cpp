// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/received_request.h"

#include <glib.h>

#include <cstdlib>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext::test {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && g_ascii_strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string decoded(std::string_view text) {
  GCharPtr plain(g_uri_unescape_segment(text.data(), text.data() + text.size(), nullptr));
  return plain ? plain.get() : "";
}

// Takes what stands before `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, std::string_view separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view taken = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + separator.size());
  return taken;
}

}  // namespace

std::string ReceivedRequest::path() const {
  return target.substr(0, target.find('?'));
}

std::optional<std::string> ReceivedRequest::query(std::string_view name) const {
  const std::size_t question = target.find('?');
  if (question == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(target).substr(question + 1);
  while (!rest.empty()) {
    std::string_view value = take_until(rest, "&");
    if (decoded(take_until(value, "=")) == name) return decoded(value);
  }
  return std::nullopt;
}

std::optional<std::string> ReceivedRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t ReceivedRequest::content_length() const {
  const auto text = header("Content-Length");
  return text ? std::strtoul(text->c_str(), nullptr, 10) : 0;
}

std::optional<ReceivedRequest> ReceivedRequest::parse(std::string_view head) {
  ReceivedRequest request;
  std::string_view line = take_until(head, "\r\n");
  request.method = take_until(line, " ");
  request.target = take_until(line, " ");
  if (request.method.empty() || request.target.empty() || !line.starts_with("HTTP/1."))
    return std::nullopt;
  while (!head.empty()) {
    line = take_until(head, "\r\n");
    const std::string name = trimmed(take_until(line, ":"));
    request.headers.emplace_back(name, trimmed(line));
  }
  return request;
}

}  // namespace klingtext::test
