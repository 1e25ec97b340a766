// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext:PROMPT?key=value&… — a request as a URI. Strict: what is not understood is refused with
// a sentence, because a typo would buy another video. Holds no secret, by having no key for one.
#pragma once

#include <string>

#include "base/result.h"
#include "settings.h"

namespace klingtext {

// Sets every property that a URI can set; those it does not name get their defaults.
Outcome apply_uri(const std::string& uri, Settings& settings);

// The one spelling of what the settings say.
std::string uri_of(const Settings& settings);

}  // namespace klingtext
