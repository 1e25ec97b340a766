// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/service_error.h"

#include <algorithm>
#include <array>
#include <span>

#include "api/excerpt.h"
#include "api/json_reader.h"
#include "api/json_writer.h"

namespace klingtext {
namespace {

using Names = std::span<const char* const>;

constexpr std::size_t kMaxName = 80;        // characters
constexpr std::size_t kMaxSentence = 400;   // likewise
constexpr std::size_t kMaxPlainBody = 200;  // likewise, of what is no JSON
constexpr unsigned kMaxDepth = 8;
constexpr guint kMaxElements = 3;

constexpr std::array kNames{"name", "type", "code", "error_code"};
// The last three are a reason within an error only: a reply may have a title and an owner as well.
constexpr std::array kTexts{"message",
                            "msg",
                            "task_status_msg",
                            "status_msg",
                            "error_message",
                            "error_msg",
                            "error_description",
                            "fail_reason",
                            "fail_msg",
                            "failure_reason",
                            "reason",
                            "detail",
                            "error",
                            "description",
                            "title",
                            "text"};
constexpr std::size_t kTextsOfAReply = kTexts.size() - 3;
constexpr std::array kNested{"error",          "errors",         "detail",
                             "details",        "message",        "msg",
                             "reason",         "issues",         "violations",
                             "invalid-params", "invalid_params", "validation_errors",
                             "fieldErrors",    "field_errors",   "causes"};
constexpr std::array kPlaces{"path", "loc", "field", "param", "property", "pointer"};
constexpr std::array kContainers{"data", "result", "generation", "task"};
// No reasons: what a reply about a generation has in any case.
constexpr std::array kOrdinary{"id",         "generation_id", "task_id", "request_id",
                               "status",     "task_status",   "state",   "model",
                               "object",     "video",         "videos",  "meta",
                               "created_at", "updated_at",    "created"};

ServiceError error_at(JsonNode* node, unsigned depth);

JsonNode* member_node(JsonObject* object, const char* name) {
  if (object == nullptr || !json_object_has_member(object, name)) return nullptr;
  return json_object_get_member(object, name);
}

std::string compact(JsonNode* node) {
  return excerpt(write_json(node, JsonLayout::compact), kMaxSentence);
}

// Whether it holds anything but nothing.
bool says_something(JsonNode* node) {
  if (JSON_NODE_HOLDS_NULL(node)) return false;
  const GlibPtr<GList, g_list_free> inner(
      JSON_NODE_HOLDS_OBJECT(node)  ? json_object_get_values(json_node_get_object(node))
      : JSON_NODE_HOLDS_ARRAY(node) ? json_array_get_elements(json_node_get_array(node))
                                    : nullptr);
  for (const GList* at = inner.get(); at != nullptr; at = at->next) {
    if (says_something(static_cast<JsonNode*>(at->data))) return true;
  }
  if (!JSON_NODE_HOLDS_VALUE(node)) return false;
  const GType type = json_node_get_value_type(node);
  return type == G_TYPE_STRING ? *json_node_get_string(node) != '\0' : type != G_TYPE_BOOLEAN;
}

// "success" beside a failure is the envelope's word, not the reason.
bool says_that_all_is_well(const std::string& text) {
  static constexpr std::array kWords{"ok", "success", "succeed", "succeeded", "none", "null"};
  return std::any_of(kWords.begin(), kWords.end(), [&text](const char* word) {
    return g_ascii_strcasecmp(text.c_str(), word) == 0;
  });
}

std::string text_in(JsonObject* object, Names names) {
  for (const char* name : names) {
    const auto text = string_member(object, name);
    if (!text) continue;
    std::string line = excerpt(*text, kMaxSentence);
    if (!line.empty() && !says_that_all_is_well(line)) return line;
  }
  return {};
}

// A word or a number; no URI, as problem+json has for its type, and no code of success.
std::string name_in(JsonObject* object, Names names) {
  for (const char* name : names) {
    if (const auto number = integer_member(object, name); number && *number != 0) {
      return std::to_string(*number);
    }
    const auto text = string_member(object, name);
    if (!text || text->find(':') != std::string::npos || says_that_all_is_well(*text)) continue;
    if (std::string line = excerpt(*text, kMaxName); !line.empty()) return line;
  }
  return {};
}

// Which member of the request an element of a list is about: "body.duration".
std::string place_in(JsonObject* object) {
  for (const char* name : kPlaces) {
    if (const auto text = string_member(object, name)) return excerpt(*text, kMaxName);
    JsonArray* steps = array_member(object, name);
    if (steps == nullptr) continue;
    std::string place;
    for (guint i = 0; i < std::min(json_array_get_length(steps), kMaxDepth); ++i) {
      JsonNode* step = json_array_get_element(steps, i);
      if (!JSON_NODE_HOLDS_VALUE(step)) continue;
      const bool is_text = json_node_get_value_type(step) == G_TYPE_STRING;
      if (!place.empty()) place += '.';
      place += is_text ? json_node_get_string(step) : write_json(step, JsonLayout::compact);
    }
    return excerpt(place, kMaxName);
  }
  return {};
}

// Adds what an inner reason says beyond the outer one.
void add(ServiceError& error, const ServiceError& more) {
  if (error.name.empty()) error.name = more.name;
  if (error.message.empty()) {
    error.message = more.message;
  } else if (error.message.find(more.message) == std::string::npos) {
    error.message = excerpt(error.message + "; " + more.message, kMaxSentence);
  }
}

// Reasons by the member of the request that they are about: {"duration":["must be 5"]}. Nothing
// where it holds anything else.
ServiceError reasons_by_member(JsonObject* object, unsigned depth) {
  ServiceError error;
  guint left = kMaxElements;
  const GlibPtr<GList, g_list_free> names(json_object_get_members(object));
  for (const GList* at = names.get(); at != nullptr && left > 0; at = at->next) {
    const auto* name = static_cast<const char*>(at->data);
    JsonNode* node = json_object_get_member(object, name);
    if (!says_something(node)) continue;
    const std::string reason = error_at(node, depth + 1).message;
    if (reason.empty()) return {};
    add(error, {"", excerpt(name, kMaxName) + ": " + reason});
    --left;
  }
  return error;
}

ServiceError error_of(JsonObject* object, Names names, Names texts, unsigned depth) {
  ServiceError error{name_in(object, names), text_in(object, texts)};
  for (const char* name : kNested) {
    JsonNode* node = member_node(object, name);
    if (node == nullptr || JSON_NODE_HOLDS_VALUE(node)) continue;
    ServiceError inner = error_at(node, depth + 1);
    // What is of a new shape is not dropped beside a sentence.
    if (inner.empty() && !error.empty() && says_something(node)) inner.message = compact(node);
    if (inner.empty()) continue;
    add(error, inner);
    break;
  }
  return error;
}

ServiceError error_of(JsonArray* elements, unsigned depth) {
  ServiceError error;
  const guint length = json_array_get_length(elements);
  for (guint i = 0; i < std::min(length, kMaxElements); ++i) {
    JsonNode* node = json_array_get_element(elements, i);
    ServiceError one = error_at(node, depth + 1);
    if (JSON_NODE_HOLDS_OBJECT(node) && !one.message.empty()) {
      const std::string place = place_in(json_node_get_object(node));
      if (!place.empty()) one.message = place + ": " + one.message;
    }
    if (!one.empty()) add(error, one);
  }
  return error;
}

ServiceError error_at(JsonNode* node, unsigned depth) {
  if (depth > kMaxDepth) return {};
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject* object = json_node_get_object(node);
    ServiceError error = error_of(object, kNames, kTexts, depth);
    return error.empty() && depth > 0 ? reasons_by_member(object, depth) : error;
  }
  if (JSON_NODE_HOLDS_ARRAY(node)) return error_of(json_node_get_array(node), depth);
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) return {};
  return {"", excerpt(json_node_get_string(node), kMaxSentence)};
}

ServiceError error_or_json(JsonNode* node) {
  ServiceError error = error_at(node, 0);
  if (error.empty() && says_something(node)) error.message = compact(node);
  return error;
}

// What is left without the ordinary members, as JSON.
std::string unusual_members(JsonObject* reply) {
  const JsonNodePtr rest(json_node_new(JSON_NODE_OBJECT));
  json_node_take_object(rest.get(), json_object_new());
  JsonObject* unusual = json_node_get_object(rest.get());
  json_object_foreach_member(
      reply,
      [](JsonObject*, const char* name, JsonNode* node, gpointer into) {
        const bool ordinary = std::any_of(kOrdinary.begin(), kOrdinary.end(), [name](auto* known) {
          return std::string_view(known) == name;
        });
        if (ordinary || !says_something(node)) return;
        json_object_set_member(static_cast<JsonObject*>(into), name, json_node_copy(node));
      },
      unusual);
  return json_object_get_size(unusual) == 0 ? "" : compact(rest.get());
}

}  // namespace

std::string words_of(const ServiceError& error) {
  const bool both = !error.name.empty() && !error.message.empty();
  return error.name + (both ? ": " : "") + error.message;
}

ServiceError error_member_of(JsonObject* reply) {
  if (JsonNode* node = member_node(reply, "error")) {
    if (ServiceError error = error_or_json(node); !error.empty()) return error;
  }
  for (const char* name : kContainers) {
    JsonNode* node = member_node(object_member(reply, name), "error");
    if (node == nullptr) continue;
    if (ServiceError error = error_or_json(node); !error.empty()) return error;
  }
  return {};
}

ServiceError reason_in(JsonObject* reply) {
  const Names texts = Names(kTexts).first(kTextsOfAReply);
  const Names names = Names(kNames).last(2);
  for (const char* name : kContainers) {
    JsonObject* object = object_member(reply, name);
    if (object == nullptr) continue;
    if (ServiceError error = error_of(object, names, texts, 0); !error.message.empty()) {
      return error;
    }
  }
  ServiceError error = error_of(reply, names, texts, 0);
  if (error.message.empty()) error.message = unusual_members(reply);
  return error;
}

ServiceError parse_http_error(std::string_view body) {
  const JsonNodePtr root = parse_json(body);
  if (root == nullptr) return {"", excerpt_of_bytes(body, kMaxPlainBody)};
  ServiceError error = error_at(root.get(), 0);
  // A code alone, and the reason inside.
  for (const char* name : kContainers) {
    if (!error.message.empty() || !JSON_NODE_HOLDS_OBJECT(root.get())) break;
    JsonNode* inner = member_node(json_node_get_object(root.get()), name);
    if (inner != nullptr && says_something(inner)) add(error, error_at(inner, 1));
  }
  return error.empty() ? error_or_json(root.get()) : error;
}

}  // namespace klingtext
