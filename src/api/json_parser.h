// SPDX-License-Identifier: LGPL-2.1-or-later
// RFC 8259 and nothing else, as nodes of json-glib. json-glib's own parser is not used: it also
// reads comments, octal numbers and C's escapes, wraps large integers, recurses without a bound in
// 1.6, and reads strings otherwise in 1.10.
#pragma once

#include <json-glib/json-glib.h>

#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext {

using JsonNodePtr = GlibPtr<JsonNode, json_node_unref>;

// Objects and arrays within each other. Brackets within strings do not count.
inline constexpr unsigned kMaxJsonDepth = 128;

// Null when the bytes are no JSON text, or nest deeper. A byte order mark is skipped. Half a
// surrogate pair and U+0000 become U+FFFD.
JsonNodePtr parse_json(std::string_view bytes);

}  // namespace klingtext
