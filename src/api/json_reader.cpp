// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_reader.h"

namespace klingtext {
namespace {

JsonNode* member(JsonObject* object, const char* name, JsonNodeType type) {
  if (object == nullptr || !json_object_has_member(object, name)) return nullptr;
  JsonNode* node = json_object_get_member(object, name);
  return json_node_get_node_type(node) == type ? node : nullptr;
}

}  // namespace

JsonNodePtr read_json_object(std::string_view bytes) {
  JsonNodePtr root = parse_json(bytes);
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
  return json_node_get_string(node);
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

std::optional<bool> boolean_member(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name, JSON_NODE_VALUE);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_BOOLEAN) return std::nullopt;
  return json_node_get_boolean(node) != FALSE;
}

}  // namespace klingtext
