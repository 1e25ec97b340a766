// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/wire.h"

#include <glib.h>

#include <array>
#include <utility>

#include "api/json_reader.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxId = 1024;
constexpr std::size_t kMaxUrl = 16384;
constexpr std::size_t kMaxSentence = 400;  // characters of the service's words we repeat

std::optional<std::string> line_member(JsonObject* object, const char* name) {
  auto text = string_member(object, name);
  if (!text || trimmed(*text).empty()) return std::nullopt;
  return one_line(*text, kMaxSentence);
}

// {"detail":[{"loc":[…],"msg":"…","type":"…"}]}
ServiceError first_detail(JsonArray* details) {
  ServiceError error;
  if (json_array_get_length(details) == 0) return error;
  JsonNode* first = json_array_get_element(details, 0);
  if (!JSON_NODE_HOLDS_OBJECT(first)) return error;
  JsonObject* detail = json_node_get_object(first);
  error.name = line_member(detail, "type").value_or("");
  error.message = line_member(detail, "msg").value_or("");
  return error;
}

// What stands under "error": a string, {name,message} or {detail:[…]}.
ServiceError error_in(JsonObject* reply) {
  if (auto text = line_member(reply, "error")) return {"", *text};
  JsonObject* object = object_member(reply, "error");
  if (object == nullptr) return {};
  ServiceError error{line_member(object, "name").value_or(""),
                     line_member(object, "message").value_or("")};
  JsonArray* details = array_member(object, "detail");
  if (error.message.empty() && details != nullptr) error = first_detail(details);
  if (error.message.empty()) error.message = line_member(object, "detail").value_or("");
  return error;
}

// Shown, stored and sent back as it is: what is no plain line of text (an escape can spell control
// characters and halves of characters) is no id.
std::string id_in(JsonObject* reply) {
  for (const char* name : {"id", "generation_id"}) {
    if (auto id = string_member(reply, name);
        id && !id->empty() && id->size() <= kMaxId && one_line(*id, kMaxId) == *id) {
      return *id;
    }
    if (auto number = integer_member(reply, name)) return std::to_string(*number);
  }
  return {};
}

std::string clip_url_in(JsonObject* reply) {
  std::optional<std::string> url = string_member(object_member(reply, "video"), "url");
  if (!url) url = string_member(reply, "video");
  if (!url) url = string_member(reply, "video_url");
  if (!url) url = string_member(object_member(reply, "output"), "video_url");
  if (!url) url = string_member(reply, "url");
  if (!url || url->size() > kMaxUrl) return {};
  return trimmed(*url);
}

bool is_plausible(double amount) {
  return amount >= 0 && amount < 1e15;
}

std::optional<double> amount(JsonObject* usage, const char* name) {
  const auto value = number_member(usage, name);
  return value && is_plausible(*value) ? value : std::nullopt;
}

Cost cost_in(JsonObject* reply) {
  JsonObject* usage = object_member(object_member(reply, "meta"), "usage");
  Cost cost{amount(usage, "credits_used"), amount(usage, "usd_spent")};
  if (!cost.credits_used) cost.credits_used = amount(usage, "tokens_used");
  return cost;
}

}  // namespace

ServiceStatus parse_status(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, ServiceStatus>, 9> kWords{{
      {"queued", ServiceStatus::queued},
      {"waiting", ServiceStatus::queued},
      {"generating", ServiceStatus::generating},
      {"active", ServiceStatus::generating},
      {"processing", ServiceStatus::generating},
      {"completed", ServiceStatus::completed},
      {"succeeded", ServiceStatus::completed},
      {"error", ServiceStatus::error},
      {"failed", ServiceStatus::error},
  }};
  for (const auto& [known, status] : kWords) {
    if (word.size() == known.size() &&
        g_ascii_strncasecmp(word.data(), known.data(), known.size()) == 0) {
      return status;
    }
  }
  return ServiceStatus::unknown;
}

std::optional<double> parse_amount(std::string_view text) {
  const std::string digits = trimmed(text);
  char* end = nullptr;
  const double value = g_ascii_strtod(digits.c_str(), &end);
  if (digits.empty() || *end != '\0' || !is_plausible(value)) return std::nullopt;
  return value;
}

Result<GenerationReply, Unreadable> parse_generation(std::string_view body) {
  const JsonNodePtr root = read_json_object(body);
  if (root == nullptr) {
    return Unreadable{"not a JSON object but \"" + one_line(body, 80) + "\""};
  }
  JsonObject* object = json_node_get_object(root.get());
  GenerationReply reply;
  reply.id = id_in(object);
  if (const auto status = string_member(object, "status")) {
    reply.status = parse_status(trimmed(*status));
    reply.status_text = one_line(*status, 40);
  }
  reply.clip_url = clip_url_in(object);
  reply.error = error_in(object);
  reply.cost = cost_in(object);
  if (reply.id.empty() && reply.status_text.empty()) {
    return Unreadable{"JSON without an id and a status"};
  }
  return reply;
}

ServiceError parse_http_error(std::string_view body) {
  const JsonNodePtr root = read_json_object(body);
  if (root == nullptr) return {"", one_line(body, 120)};
  JsonObject* object = json_node_get_object(root.get());
  ServiceError error = error_in(object);
  for (const char* name : {"message", "detail", "title"}) {
    if (error.message.empty()) error.message = line_member(object, name).value_or("");
  }
  if (JsonArray* details = array_member(object, "detail");
      error.message.empty() && details != nullptr) {
    error = first_detail(details);
  }
  return error;
}

}  // namespace klingtext
