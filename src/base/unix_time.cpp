// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/unix_time.h"

#include "base/glib_ptr.h"

namespace klingtext {

std::string utc_text(std::int64_t unix_seconds, const char* format) {
  GDateTimePtr time(g_date_time_new_from_unix_utc(unix_seconds));
  if (time == nullptr) time.reset(g_date_time_new_from_unix_utc(0));
  const GCharPtr text(g_date_time_format(time.get(), format));
  return text.get();
}

}  // namespace klingtext
