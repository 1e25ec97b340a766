// SPDX-License-Identifier: LGPL-2.1-or-later
#include "libsoup_conflict.h"

#include <dlfcn.h>

namespace klingtext {

Outcome check_for_libsoup2() {
  void* loaded = dlopen("libsoup-2.4.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (loaded == nullptr) return Done{};
  dlclose(loaded);
  return Error{.kind = ErrorKind::settings,
               .message =
                   "This program has loaded libsoup 2, which cannot share a process with the "
                   "libsoup 3 of klingtextsrc. Nothing was submitted. Turn off the plugin "
                   "that loads it (in Totem: grilo), or use another program."};
}

}  // namespace klingtext
