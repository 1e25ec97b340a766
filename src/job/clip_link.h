// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a storage server may send a download on to: the web, and never from https: down to http:.
#pragma once

#include <string>

#include "api/http.h"

namespace klingtext {

// `location` as the header of a redirect has it, absolute or relative to the URL `from`.
Result<std::string, HttpFailure> redirected(const std::string& from, const std::string& location);

}  // namespace klingtext
