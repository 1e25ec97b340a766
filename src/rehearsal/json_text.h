// SPDX-License-Identifier: LGPL-2.1-or-later
// What json-glib leaves open: it accepts comments, assignments and any depth of nesting, and its
// parser recurses. So a text is first held to the grammar, and only then parsed.
#pragma once

#include <json-glib/json-glib.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext::rehearsal {

using JsonNodePtr = GlibPtr<JsonNode, json_node_unref>;
using JsonObjectPtr = GlibPtr<JsonObject, json_object_unref>;

// One JSON value as RFC 8259 defines it, in valid UTF-8, nested at most 32 deep.
bool is_strict_json(std::string_view text);

// The value of a text that is_strict_json(); none if json-glib refuses it all the same.
JsonNodePtr parse_json(std::string_view text);

// A member that is a string; none for any other, or for none.
std::optional<std::string> string_member(JsonObject* object, const char* name);

// The same value as the same text: members sorted at every level, no white space.
std::string canonical_json(JsonNode* node);

}  // namespace klingtext::rehearsal
