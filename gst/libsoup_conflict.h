// SPDX-License-Identifier: LGPL-2.1-or-later
// libsoup 2 and libsoup 3 register the same GObject types: with both in a process, requests never
// end.
#pragma once

#include "base/result.h"

namespace klingtext {

// An error when libsoup 2 is loaded.
Outcome check_for_libsoup2();

}  // namespace klingtext
