// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <cstdint>

namespace klingtext {

// Seconds since 1970, by the system's clock.
inline std::int64_t unix_now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

}  // namespace klingtext
