// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading JSON from outside: any bytes in, a value or nothing out.
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/json_parser.h"

namespace klingtext {

// The object the bytes spell, or null: see parse_json() for what is read.
JsonNodePtr read_json_object(std::string_view bytes);

// A member of the wanted type, or nothing. `object` may be null.
JsonObject* object_member(JsonObject* object, const char* name);
JsonArray* array_member(JsonObject* object, const char* name);
std::optional<std::string> string_member(JsonObject* object, const char* name);
std::optional<double> number_member(JsonObject* object, const char* name);
std::optional<std::int64_t> integer_member(JsonObject* object, const char* name);
std::optional<bool> boolean_member(JsonObject* object, const char* name);

}  // namespace klingtext
