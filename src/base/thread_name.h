// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <pthread.h>

namespace klingtext {

// What debuggers and /proc show for the current thread. At most 15 characters; longer ones are not
// set.
inline void name_thread(const char* name) {
  (void)pthread_setname_np(pthread_self(), name);
}

}  // namespace klingtext
