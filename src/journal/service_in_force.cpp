// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/service_in_force.h"

#include "base/text.h"

namespace klingtext {
namespace {

constexpr unsigned kTimeout = 30;  // seconds without a byte, as the element's default

}  // namespace

Result<ServiceUrl> service_in_force() {
  const char* value = g_getenv("AIMLAPI_BASE_URL");
  const std::string given = value == nullptr ? std::string() : trimmed(value);
  return parse_service_url(given.empty() ? kDefaultBaseUrl : given);
}

Service connection_to(ServiceUrl url, const Secret& key) {
  return Service{
      std::move(url), key, {"klingtextsrc/" KLINGTEXT_VERSION, kTimeout, {}, {}}, {}, {}};
}

}  // namespace klingtext
