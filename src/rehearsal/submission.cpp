// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/submission.h"

#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

constexpr const char* kModel = "klingai/video-v2-6-pro-text-to-video";
constexpr glong kMaxPromptCharacters = 2500;

Error refusal(std::string message) {
  return {.kind = ErrorKind::settings, .message = std::move(message), .http_status = 400};
}

// Reads the members one after the other and collects what is wrong with them.
class MemberReader {
 public:
  explicit MemberReader(JsonObject* object) : object_(object) {}

  std::optional<std::string> text(const char* name) {
    JsonNode* node = find(name);
    if (node == nullptr) return std::nullopt;
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
      const char* value = json_node_get_string(node);
      // An escaped half of a surrogate pair is JSON, but not a character.
      if (g_utf8_validate(value, -1, nullptr)) return value;
    }
    fault(name, "must be a string");
    return std::nullopt;
  }

  std::optional<double> number(const char* name) {
    JsonNode* node = find(name);
    if (node == nullptr) return std::nullopt;
    if (is_number(node)) return json_node_get_double(node);
    fault(name, "must be a number");
    return std::nullopt;
  }

  std::optional<bool> truth(const char* name) {
    JsonNode* node = find(name);
    if (node == nullptr) return std::nullopt;
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN) {
      return json_node_get_boolean(node) != FALSE;
    }
    fault(name, "must be true or false");
    return std::nullopt;
  }

  std::optional<int> seconds(const char* name) {
    JsonNode* node = find(name);
    if (node == nullptr) return std::nullopt;
    for (const int allowed : {5, 10}) {
      if (is_number(node) && json_node_get_double(node) == allowed) return allowed;
      if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING &&
          json_node_get_string(node) == std::to_string(allowed)) {
        return allowed;
      }
    }
    fault(name, "must be 5 or 10");
    return std::nullopt;
  }

  bool has(const char* name) const { return find(name) != nullptr; }

  void fault(const char* name, const std::string& what) {
    if (!faults_.empty()) faults_ += "; ";
    faults_ += name;
    faults_ += ' ' + what;
  }
  const std::string& faults() const { return faults_; }

 private:
  JsonNode* find(const char* name) const { return json_object_get_member(object_, name); }
  static bool is_number(JsonNode* node) {
    if (!JSON_NODE_HOLDS_VALUE(node)) return false;
    const GType type = json_node_get_value_type(node);
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  }

  JsonObject* object_;  // the caller's
  std::string faults_;
};

void read_prompt(MemberReader& members, Shot& shot) {
  if (!members.has("prompt")) return members.fault("prompt", "is required");
  const auto prompt = members.text("prompt");
  if (!prompt) return;
  const glong characters = g_utf8_strlen(prompt->c_str(), -1);
  if (characters < 1 || characters > kMaxPromptCharacters) {
    return members.fault("prompt",
                         "must have 1 to 2500 characters, not " + std::to_string(characters));
  }
  shot.prompt = *prompt;
}

void read_model(MemberReader& members, Shot& shot) {
  if (!members.has("model")) return members.fault("model", "is required");
  const auto model = members.text("model");
  if (!model) return;
  if (*model != kModel) return members.fault("model", std::string("must be ") + kModel);
  shot.model = *model;
}

void read_options(MemberReader& members, Shot& shot) {
  shot.aspect_ratio = members.text("aspect_ratio");
  if (shot.aspect_ratio && *shot.aspect_ratio != "16:9" && *shot.aspect_ratio != "9:16" &&
      *shot.aspect_ratio != "1:1") {
    members.fault("aspect_ratio", "must be 16:9, 9:16 or 1:1");
  }
  shot.seconds = members.seconds("duration").value_or(5);
  shot.negative_prompt = members.text("negative_prompt");
  shot.cfg_scale = members.number("cfg_scale");
  if (shot.cfg_scale && !(*shot.cfg_scale >= 0 && *shot.cfg_scale <= 1)) {
    members.fault("cfg_scale", "must be between 0 and 1");
  }
  shot.audio = members.truth("generate_audio").value_or(true);
}

}  // namespace

Result<Submission> read_submission(std::string_view body) {
  const JsonNodePtr root = is_strict_json(body) ? parse_json(body) : nullptr;
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root.get())) {
    return refusal("Body validation error: the body must be a JSON object");
  }
  MemberReader members(json_node_get_object(root.get()));
  Submission submission;
  read_model(members, submission.shot);
  read_prompt(members, submission.shot);
  read_options(members, submission.shot);
  if (!members.faults().empty()) return refusal("Body validation error: " + members.faults());
  submission.members = canonical_json(root.get());
  // Half of a surrogate pair, escaped in a member that nobody reads, is JSON, but no text to keep.
  if (!is_strict_json(submission.members)) {
    return refusal("Body validation error: the body has half a character in it");
  }
  return submission;
}

}  // namespace klingtext::rehearsal
