// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading JSON nobody vouches for: any bytes in, a value or nothing out.
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext {

using JsonNodePtr = GlibPtr<JsonNode, json_node_unref>;

// The object the bytes spell, or null. json-glib recurses once per bracket, so text that nests
// deeper than any real answer is refused before it can exhaust the stack.
JsonNodePtr read_json_object(std::string_view bytes);

// A member of the wanted type, or nothing. `object` may be null.
JsonObject* object_member(JsonObject* object, const char* name);
JsonArray* array_member(JsonObject* object, const char* name);
std::optional<std::string> string_member(JsonObject* object, const char* name);
std::optional<double> number_member(JsonObject* object, const char* name);
std::optional<std::int64_t> integer_member(JsonObject* object, const char* name);

}  // namespace klingtext
