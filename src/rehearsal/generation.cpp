// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/generation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/text.h"
#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

constexpr double kDocumentedMilliseconds = 152'000;
constexpr std::int64_t kLargestCount = std::int64_t{1} << 50;  // milliseconds: 35,000 years
constexpr double kSpread = 0.2;  // of the logarithm: two thirds fall within 125 to 186 s
// Goes up when the slate changes, so that an older clip is not taken for a new one.
constexpr const char* kSlateVersion = "slate 3";

// Uniform in (0, 1), the n-th number of the seed.
double uniform_from(const std::string& seed, const char* salt) {
  const std::string digits = sha256_hex(seed + salt).substr(0, 12);
  return (static_cast<double>(std::stoull(digits, nullptr, 16)) + 0.5) / 281474976710656.0;
}

void add_text(JsonObject* object, const char* name, const std::string& value) {
  json_object_set_string_member(object, name, value.c_str());
}

// json-glib's own getters hand out null, or complain, for a member of another type.
JsonNode* value_member(JsonObject* object, const char* name) {
  JsonNode* node = json_object_get_member(object, name);
  return node != nullptr && JSON_NODE_HOLDS_VALUE(node) ? node : nullptr;
}

std::string text_member(JsonObject* object, const char* name) {
  JsonNode* node = value_member(object, name);
  const char* text = node == nullptr ? nullptr : json_node_get_string(node);
  return text == nullptr ? std::string() : text;
}

// Between 0 and a number that can be calculated with.
std::int64_t count_member(JsonObject* object, const char* name, std::int64_t otherwise) {
  JsonNode* node = value_member(object, name);
  if (node == nullptr) return otherwise;
  return std::clamp<std::int64_t>(json_node_get_int(node), 0, kLargestCount);
}

std::optional<Ending> ending_from(JsonObject* object) {
  JsonNode* node = json_object_get_member(object, "ending");
  if (node == nullptr || !JSON_NODE_HOLDS_OBJECT(node)) return std::nullopt;
  JsonObject* ending = json_node_get_object(node);
  return Ending{
      .status = text_member(ending, "status") == "error" ? Status::error : Status::completed,
      .error_name = text_member(ending, "name"),
      .error_message = text_member(ending, "message"),
  };
}

}  // namespace

const char* status_name(Status status) {
  switch (status) {
    case Status::queued:
      return "queued";
    case Status::generating:
      return "generating";
    case Status::completed:
      return "completed";
    case Status::error:
      break;
  }
  return "error";
}

Plan plan_for(const std::string& seed, double pace) {
  const double normal = std::sqrt(-2 * std::log(uniform_from(seed, "/radius"))) *
                        std::cos(2 * std::numbers::pi * uniform_from(seed, "/angle"));
  const double total = kDocumentedMilliseconds * std::exp(kSpread * normal) * pace;
  const double queued = total * (0.08 + 0.12 * uniform_from(seed, "/queue"));
  return {.queued = std::chrono::milliseconds(std::llround(queued)),
          .total = std::chrono::milliseconds(std::llround(total))};
}

Status status_at(const Generation& generation, std::chrono::milliseconds now, bool rendered) {
  if (generation.ending) return generation.ending->status;
  const auto elapsed = now - generation.accepted;
  if (elapsed < generation.plan.queued) return Status::queued;
  if (elapsed < generation.plan.total || !rendered) return Status::generating;
  return Status::completed;
}

std::string clip_name(const Generation& generation) {
  return sha256_hex(std::string(kSlateVersion) + '\n' + std::to_string(generation.take) + '\n' +
                    generation.shot + (generation.two_pop == TwoPop::yes ? "\n" : " no pop\n") +
                    generation.submission.members);
}

SlateLabel label_of(const Generation& generation) {
  const std::string code = shot_code(generation.submission.shot.prompt);
  return {.shot = generation.shot.empty() ? code : generation.shot,
          .take = generation.take,
          .two_pop = generation.two_pop};
}

std::string to_json(const Generation& generation) {
  const JsonNodePtr root(json_node_init_object(json_node_alloc(), nullptr));
  JsonObject* object = json_object_new();
  json_node_take_object(root.get(), object);
  add_text(object, "id", generation.id);
  add_text(object, "members", generation.submission.members);
  if (!generation.client_request_id.empty()) {
    add_text(object, "client_request_id", generation.client_request_id);
  }
  json_object_set_int_member(object, "take", generation.take);
  if (!generation.shot.empty()) add_text(object, "shot", generation.shot);
  if (generation.two_pop == TwoPop::no) add_text(object, "two_pop", "no");
  json_object_set_int_member(object, "accepted", generation.accepted.count());
  json_object_set_int_member(object, "queued", generation.plan.queued.count());
  json_object_set_int_member(object, "total", generation.plan.total.count());
  if (generation.ending) {
    JsonObject* ending = json_object_new();
    add_text(ending, "status", status_name(generation.ending->status));
    if (generation.ending->status == Status::error) {
      add_text(ending, "name", generation.ending->error_name);
      add_text(ending, "message", generation.ending->error_message);
    }
    json_object_set_object_member(object, "ending", ending);
  }
  const GCharPtr text(json_to_string(root.get(), TRUE));
  return std::string(text.get()) + '\n';
}

std::optional<Generation> generation_from_json(std::string_view text) {
  if (!is_strict_json(text)) return std::nullopt;
  const JsonNodePtr root = parse_json(text);
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root.get())) return std::nullopt;
  JsonObject* object = json_node_get_object(root.get());
  auto submission = read_submission(text_member(object, "members"));
  if (!submission) return std::nullopt;
  const auto milliseconds = [object](const char* name) {
    return std::chrono::milliseconds(count_member(object, name, 0));
  };
  return Generation{
      .id = text_member(object, "id"),
      .submission = *std::move(submission),
      .take = static_cast<unsigned>(count_member(object, "take", 1)),
      .client_request_id = text_member(object, "client_request_id"),
      .shot = read_slate_note("shot=" + text_member(object, "shot")).shot.value_or(""),
      .two_pop = text_member(object, "two_pop") == "no" ? TwoPop::no : TwoPop::yes,
      .accepted = milliseconds("accepted"),
      .plan = {.queued = milliseconds("queued"), .total = milliseconds("total")},
      .ending = ending_from(object),
  };
}

}  // namespace klingtext::rehearsal
