// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.h"

#include "api/service_url.h"
#include "base/text.h"
#include "store/store_dir.h"

namespace klingtext {
namespace {

std::string environment(const char* name) {
  const char* value = g_getenv(name);
  return value == nullptr ? std::string() : trimmed(value);
}

}  // namespace

std::optional<std::string> spelled(AspectRatio ratio) {
  switch (ratio) {
    case AspectRatio::wide:
      return "16:9";
    case AspectRatio::tall:
      return "9:16";
    case AspectRatio::square:
      return "1:1";
    case AspectRatio::unset:
      break;
  }
  return std::nullopt;
}

std::string base_url_in_force(const Settings& settings) {
  if (!settings.base_url.empty()) return settings.base_url;
  const std::string from_environment = environment("AIMLAPI_BASE_URL");
  return from_environment.empty() ? kDefaultBaseUrl : from_environment;
}

std::string store_dir_in_force(const Settings& settings) {
  return settings.store_dir.empty() ? default_store_path() : settings.store_dir;
}

Result<DailyCap> max_daily_seconds_in_force(const Settings& settings) {
  if (settings.max_daily_seconds) return DailyCap(*settings.max_daily_seconds);
  const std::string from_environment = environment("KLINGTEXT_MAX_DAILY_SECONDS");
  guint64 seconds = 0;
  if (!from_environment.empty()) {
    if (!g_ascii_string_to_unsigned(from_environment.c_str(), 10, 0, G_MAXUINT, &seconds,
                                    nullptr)) {
      return Error{.kind = ErrorKind::settings,
                   .message = "The environment variable KLINGTEXT_MAX_DAILY_SECONDS is \"" +
                              one_line(from_environment, 40) +
                              "\", which is not a whole number of seconds. Nothing was submitted. "
                              "Set it to a number, or set max-daily-seconds."};
    }
    return DailyCap(static_cast<unsigned>(seconds));
  }
  if (settings.configured != Configured::by_uri) return DailyCap();
  return DailyCap(kUriDailyCap, DailyCap::Origin::uri);
}

}  // namespace klingtext
