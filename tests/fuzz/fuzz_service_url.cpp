// SPDX-License-Identifier: LGPL-2.1-or-later
// The base-url, and hosts and addresses in general. One per line.
#include "api/service_url.h"
#include "fuzz/target.h"

namespace klingtext::fuzz {
namespace {

void check(const std::string& line) {
  const auto url = parse_service_url(line);
  if (url.ok()) {
    const bool clear = url->text.starts_with("http:");
    must(clear || url->text.starts_with("https:"), "the web only");
    must(!clear || url->reach == Reach::loopback, "no key in the clear but to loopback");
    must(url->text.starts_with(url->origin), "the URL is at its origin");
    const auto again = parse_service_url(url->text);
    must(again.ok() && again->text == url->text, "the normal form is normal");
    must(again->reach == url->reach, "the normal form leads to the same place");
  }
  must(!is_loopback_host(line) || is_internal_host(line), "loopback is internal");
  must(without_query(line).find('?') == std::string::npos, "a query is left out");
}

}  // namespace
}  // namespace klingtext::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext::fuzz;
  std::string_view text = text_of(data, size);
  while (!text.empty()) check(take_line(text).c_str());
  return 0;
}
