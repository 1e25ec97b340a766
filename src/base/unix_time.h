// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <cstdint>
#include <string>

namespace klingtext {

// Seconds since 1970, by the system's clock.
inline std::int64_t unix_now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

// In UTC, in a format of g_date_time_format(). 1970 where no calendar has the time.
std::string utc_text(std::int64_t unix_seconds, const char* format);

}  // namespace klingtext
