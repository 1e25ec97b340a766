// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_reader.h"

#include <algorithm>

namespace klingtext {
namespace {

// Counted without regard to quotes, because json-glib also reads comments and a clever text could
// hide brackets from a scanner that believes to be inside a string. A prompt of 2500 brackets in an
// echoed message still fits.
constexpr int kMaxBrackets = 4000;

bool nests_sanely(std::string_view bytes) {
  int depth = 0;
  int deepest = 0;
  for (const char character : bytes) {
    if (character == '[' || character == '{') deepest = std::max(deepest, ++depth);
    if ((character == ']' || character == '}') && depth > 0) --depth;
  }
  return deepest <= kMaxBrackets;
}

JsonNode* member(JsonObject* object, const char* name, JsonNodeType type) {
  if (object == nullptr || !json_object_has_member(object, name)) return nullptr;
  JsonNode* node = json_object_get_member(object, name);
  return json_node_get_node_type(node) == type ? node : nullptr;
}

}  // namespace

JsonNodePtr read_json_object(std::string_view bytes) {
  if (!nests_sanely(bytes)) return nullptr;
  if (!g_utf8_validate_len(bytes.data(), bytes.size(), nullptr)) return nullptr;
  const auto parser = ObjectPtr<JsonParser>::adopt(json_parser_new_immutable());
  if (!json_parser_load_from_data(parser.get(), bytes.data(), static_cast<gssize>(bytes.size()),
                                  nullptr)) {
    return nullptr;
  }
  JsonNodePtr root(json_parser_steal_root(parser.get()));
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root.get())) return nullptr;
  return root;
}

JsonObject* object_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_OBJECT);
  return node == nullptr ? nullptr : json_node_get_object(node);
}

JsonArray* array_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_ARRAY);
  return node == nullptr ? nullptr : json_node_get_array(node);
}

std::optional<std::string> string_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_VALUE);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_STRING) return std::nullopt;
  // Valid text may have become invalid: json-glib also knows C's escapes, so a byte like \215.
  const char* text = json_node_get_string(node);
  if (g_utf8_validate(text, -1, nullptr) == FALSE) return std::nullopt;
  return text;
}

std::optional<double> number_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_VALUE);
  if (node == nullptr) return std::nullopt;
  const GType type = json_node_get_value_type(node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64) return std::nullopt;
  return json_node_get_double(node);
}

std::optional<std::int64_t> integer_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_VALUE);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_INT64) return std::nullopt;
  return json_node_get_int(node);
}

}  // namespace klingtext
