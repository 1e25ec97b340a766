// SPDX-License-Identifier: LGPL-2.1-or-later
// JSON as text, of what json-glib holds.
#pragma once

#include <json-glib/json-glib.h>

#include <string>

namespace klingtext {

enum class JsonLayout { compact, readable };

// json-glib 1.6 spells 1e22 as "1e+22.0" and an infinite number as "inf", and then cannot read its
// own text. Here the former is "1e+22", and the latter null. What is not UTF-8 in a string becomes
// U+FFFD, because no reader takes it back.
std::string write_json(JsonNode* node, JsonLayout layout);

}  // namespace klingtext
