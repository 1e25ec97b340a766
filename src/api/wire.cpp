// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/wire.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "api/excerpt.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxId = 1024;
constexpr std::size_t kMaxUrl = 16384;
constexpr std::size_t kMaxStatus = 40;  // characters
constexpr std::size_t kMaxQuote = 200;  // characters of an answer that cannot be used
constexpr unsigned kMaxUrlDepth = 6;
constexpr unsigned kMaxIdDepth = 1;
constexpr guint kMaxVideos = 4;  // of a list; the first that has a URL is taken

using Names = std::span<const char* const>;
constexpr std::array kIds{"id",    "generation_id", "task_id", "inference_id", "job_id",
                          "jobId", "generationId",  "taskId",  "inferenceId"};
constexpr std::array kStatuses{"status", "task_status", "state"};
// Where other services of this kind put the generation.
constexpr std::array kIdContainers{"data", "result", "generation", "generations",
                                   "task", "tasks",  "job",        "prediction"};
// Their own id may be that of a file.
constexpr std::array kOutputs{"output", "response"};
constexpr std::array kVideos{"video",       "videos",     "video_url", "videoUrl",
                             "task_result", "output",     "outputs",   "data",
                             "result",      "generation", "task"};
// Before the end, these may hold files of the request.
constexpr std::array kFiles{"video_urls", "videoUrls",   "response", "content",    "assets",
                            "files",      "generations", "tasks",    "prediction", "job"};
constexpr std::array kUrls{"url",  "video_url",    "videoUrl",    "uri",
                           "urls", "download_url", "downloadUrl", "file_url"};

// The object that a member is, or the only one of the list that it is.
JsonObject* only_object(JsonObject* object, const char* name) {
  if (JsonObject* inner = object_member(object, name)) return inner;
  JsonArray* list = array_member(object, name);
  if (list == nullptr || json_array_get_length(list) != 1) return nullptr;
  JsonNode* only = json_array_get_element(list, 0);
  return JSON_NODE_HOLDS_OBJECT(only) ? json_node_get_object(only) : nullptr;
}

// Calls `found` with the reply, then with each container in it, until it returns something.
template <typename Found>
std::string first_found(JsonObject* reply, Found found, unsigned depth = 0) {
  std::string value = found(reply);
  for (const char* name : kIdContainers) {
    if (!value.empty() || depth > kMaxIdDepth) break;
    if (JsonObject* inner = only_object(reply, name)) value = first_found(inner, found, depth + 1);
  }
  return value;
}

std::string id_in(JsonObject* object, Names names) {
  for (const char* name : names) {
    if (auto id = string_member(object, name); id && is_usable_id(*id)) return *id;
    if (auto number = integer_member(object, name)) return std::to_string(*number);
  }
  return {};
}

// A request id often names one HTTP exchange only. It stands for a generation where the same answer
// tells how that is getting on and has no other id.
std::string id_of(JsonObject* reply, ServiceStatus status) {
  static constexpr std::array kRequestIds{"request_id"};
  std::string id = first_found(reply, [](JsonObject* object) { return id_in(object, kIds); });
  for (const char* name : kOutputs) {
    if (!id.empty()) break;
    if (JsonObject* output = only_object(reply, name)) id = id_in(output, Names(kIds).last(8));
  }
  if (id.empty() && (status == ServiceStatus::queued || status == ServiceStatus::generating)) {
    id = first_found(reply, [](JsonObject* object) { return id_in(object, kRequestIds); });
  }
  return id;
}

std::string status_in(JsonObject* object) {
  for (const char* name : kStatuses) {
    if (const auto word = string_member(object, name)) {
      if (std::string line = excerpt(*word, kMaxStatus); !line.empty()) return line;
    }
  }
  return {};
}

// Of the generation, where an envelope has a status of its own.
std::string status_word_in(JsonObject* reply) {
  for (const Names places : {Names(kIdContainers), Names(kOutputs)}) {
    for (const char* name : places) {
      JsonObject* inner = only_object(reply, name);
      if (std::string word = status_in(inner); !word.empty()) return word;
    }
  }
  return status_in(reply);
}

std::string url_in(JsonObject* object, Names names, unsigned depth);

std::string url_at(JsonNode* node, unsigned depth) {
  if (depth > kMaxUrlDepth) return {};
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject* object = json_node_get_object(node);
    std::string url = url_in(object, kUrls, depth);
    if (url.empty()) url = url_in(object, kVideos, depth);
    return url.empty() ? url_in(object, kFiles, depth) : url;
  }
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray* elements = json_node_get_array(node);
    std::string url;
    for (guint i = 0; url.empty() && i < std::min(json_array_get_length(elements), kMaxVideos);
         ++i) {
      url = url_at(json_array_get_element(elements, i), depth + 1);
    }
    return url;
  }
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) return {};
  const std::string_view text = json_node_get_string(node);
  return text.size() > kMaxUrl ? std::string() : trimmed(text);
}

std::string url_in(JsonObject* object, Names names, unsigned depth) {
  for (const char* name : names) {
    if (!json_object_has_member(object, name)) continue;
    std::string url = url_at(json_object_get_member(object, name), depth + 1);
    // Elsewhere a word may be anything: a format, a state, a base name.
    const std::string_view member = name;
    const bool is_of_a_video = member.starts_with("video") || member.starts_with("ur");
    if (is_of_a_video || url.starts_with('/') || url.find("//") != std::string::npos) return url;
  }
  return {};
}

bool is_plausible(double amount) {
  return amount >= 0 && amount < 1e15;
}

std::optional<double> usage_amount(JsonObject* usage, const char* name) {
  const auto value = number_member(usage, name);
  return value && is_plausible(*value) ? value : std::nullopt;
}

Cost cost_in(JsonObject* reply) {
  JsonObject* usage = object_member(object_member(reply, "meta"), "usage");
  Cost cost{usage_amount(usage, "credits_used"), usage_amount(usage, "usd_spent")};
  if (!cost.credits_used) cost.credits_used = usage_amount(usage, "tokens_used");
  return cost;
}

ServiceStatus status_of(JsonObject* reply, const GenerationReply& read) {
  const ServiceStatus status = parse_status(read.status_text);
  const bool ended =
      status == ServiceStatus::unknown && read.error.empty() && !url_in(reply, kVideos, 0).empty();
  return ended ? ServiceStatus::completed : status;
}

// The same of what is JSON, however it is laid out, and of what is not.
std::string quoted(std::string_view body) {
  const JsonNodePtr root = parse_json(body);
  return '"' +
         (root == nullptr ? excerpt_of_bytes(body, kMaxQuote)
                          : excerpt(write_json(root.get(), JsonLayout::compact), kMaxQuote)) +
         '"';
}

}  // namespace

// An escape can spell control characters and halves of characters.
bool is_usable_id(const std::string& id) {
  constexpr const char* kReplacement = "\xef\xbf\xbd";
  return !id.empty() && id.size() <= kMaxId && one_line(id, kMaxId) == id &&
         id.find(kReplacement) == std::string::npos;
}

ServiceStatus parse_status(std::string_view word) {
  using enum ServiceStatus;
  static constexpr std::array<std::pair<std::string_view, ServiceStatus>, 31> kWords{{
      {"queued", queued},        {"waiting", queued},        {"pending", queued},
      {"submitted", queued},     {"in_queue", queued},       {"generating", generating},
      {"active", generating},    {"processing", generating}, {"in_progress", generating},
      {"running", generating},   {"completed", completed},   {"complete", completed},
      {"succeeded", completed},  {"succeed", completed},     {"success", completed},
      {"successful", completed}, {"done", completed},        {"finished", completed},
      {"error", error},          {"errored", error},         {"failed", error},
      {"fail", error},           {"failure", error},         {"cancelled", error},
      {"canceled", error},       {"expired", error},         {"timeout", error},
      {"timed_out", error},      {"timedout", error},        {"aborted", error},
      {"rejected", error},
  }};
  std::string plain(word);
  std::transform(plain.begin(), plain.end(), plain.begin(), [](char character) {
    return character == '-' || character == ' ' ? '_' : g_ascii_tolower(character);
  });
  const auto* found = std::find_if(kWords.begin(), kWords.end(),
                                   [&plain](const auto& known) { return known.first == plain; });
  return found == kWords.end() ? unknown : found->second;
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
  if (root == nullptr) return Unreadable{"not a JSON object but " + quoted(body)};
  JsonObject* object = json_node_get_object(root.get());
  GenerationReply reply;
  reply.status_text = status_word_in(object);
  reply.clip_url = url_in(object, kVideos, 0);
  if (reply.clip_url.empty()) reply.clip_url = url_in(object, kUrls, 0);
  reply.error = error_member_of(object);
  reply.status = status_of(object, reply);
  if (reply.clip_url.empty() && reply.status == ServiceStatus::completed) {
    reply.clip_url = url_in(object, kFiles, 0);
  }
  reply.id = id_of(object, reply.status);
  const bool without_a_video = reply.status == ServiceStatus::completed && reply.clip_url.empty();
  if (reply.error.empty() && (reply.status == ServiceStatus::error || without_a_video)) {
    reply.error = reason_in(object);
  }
  reply.cost = cost_in(object);
  if (reply.id.empty() && reply.status_text.empty()) {
    return Unreadable{"JSON without an id and a status, " + quoted(body)};
  }
  return reply;
}

Result<GenerationReply, Unreadable> parse_accepted(std::string_view body) {
  auto reply = parse_generation(body);
  if (reply.ok() && reply->id.empty()) return Unreadable{"JSON without an id, " + quoted(body)};
  return reply;
}

}  // namespace klingtext
