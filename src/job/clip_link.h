// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a clip is: an answer of the service may name it relative to itself, and a storage server
// may send a download on to the web, but never from https: down to http:.
#pragma once

#include <string>

#include "api/http.h"

namespace klingtext {

// `location` as the header of a redirect has it, absolute or relative to the URL `from`.
Result<std::string, HttpFailure> redirected(const std::string& from, const std::string& location);

// The URL of a clip as an answer to the request of `from` has it: absolute as it is, relative as in
// a redirect. What is no URL stays what it is.
std::string clip_link(const std::string& from, const std::string& url);

}  // namespace klingtext
