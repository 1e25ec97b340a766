// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/entry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "api/json_reader.h"
#include "api/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

constexpr std::array<std::pair<EntryState, const char*>, 5> kStates{{
    {EntryState::intent, "intent"},
    {EntryState::unknown, "unknown"},
    {EntryState::accepted, "accepted"},
    {EntryState::completed, "completed"},
    {EntryState::error, "error"},
}};

constexpr const char* kPending = "pending";
constexpr const char* kStarted = "started";

using JsonObjectPtr = GlibPtr<JsonObject, json_object_unref>;

std::optional<EntryState> state_named(const std::string& name) {
  for (const auto& [state, known] : kStates) {
    if (name == known) return state;
  }
  return std::nullopt;
}

void set_text(JsonObject* object, const char* name, const std::string& text) {
  if (text.empty()) {
    json_object_remove_member(object, name);
  } else {
    json_object_set_string_member(object, name, text.c_str());
  }
}

// Times are for people first: RFC 3339, UTC.
void set_time(JsonObject* object, const char* name, std::int64_t unix_seconds) {
  const GDateTimePtr time(g_date_time_new_from_unix_utc(unix_seconds));
  if (unix_seconds == 0 || time == nullptr) return;
  const GCharPtr text(g_date_time_format_iso8601(time.get()));
  json_object_set_string_member(object, name, text.get());
}

std::int64_t time_member(JsonObject* object, const char* name) {
  const auto text = string_member(object, name);
  if (!text) return 0;
  const GDateTimePtr time(g_date_time_new_from_iso8601(text->c_str(), nullptr));
  return time == nullptr ? 0 : g_date_time_to_unix(time.get());
}

void set_number(JsonObject* object, const char* name, std::optional<double> number) {
  if (number) json_object_set_double_member(object, name, *number);
}

void set_error(JsonObject* object, const ServiceError& error) {
  json_object_remove_member(object, "error");
  if (error.name.empty() && error.message.empty()) return;
  JsonObject* inner = json_object_new();
  set_text(inner, "name", error.name);
  set_text(inner, "message", error.message);
  json_object_set_object_member(object, "error", inner);
}

void set_clip(JsonObject* object, const std::optional<StoredClip>& clip) {
  json_object_remove_member(object, "clip");
  if (!clip) return;
  JsonObject* inner = json_object_new();
  json_object_set_int_member(inner, "length", static_cast<std::int64_t>(clip->length));
  set_text(inner, "checksum", clip->checksum);
  json_object_set_int_member(inner, "modified", clip->modified);
  if (clip->whole) json_object_set_boolean_member(inner, "whole", TRUE);
  if (clip->evicted) json_object_set_boolean_member(inner, "evicted", TRUE);
  json_object_set_object_member(object, "clip", inner);
}

void set_given_up(JsonObject* object, const std::vector<GivenUp>& given_up) {
  if (given_up.empty()) return;
  JsonArray* array = json_array_new();
  for (const GivenUp& one : given_up) {
    JsonObject* inner = json_object_new();
    set_text(inner, "client_request_id", one.client_request_id);
    set_time(inner, "submitted", one.submitted);
    json_object_set_int_member(inner, "seconds", one.seconds);
    json_array_add_object_element(array, inner);
  }
  json_object_set_array_member(object, "given_up", array);
}

std::optional<StoredClip> clip_in(JsonObject* object) {
  JsonObject* inner = object_member(object, "clip");
  const auto length = integer_member(inner, "length");
  if (!length || *length <= 0) return std::nullopt;
  std::string checksum = string_member(inner, "checksum").value_or("");
  // The first versions had only this one.
  const auto sha256 = string_member(inner, "sha256");
  if (checksum.empty() && sha256) checksum = "sha256:" + *sha256;
  return StoredClip{static_cast<std::uint64_t>(*length), std::move(checksum),
                    integer_member(inner, "modified").value_or(0),
                    boolean_member(inner, "evicted").value_or(false),
                    boolean_member(inner, "whole").value_or(false)};
}

unsigned seconds_in(JsonObject* object) {
  const std::int64_t seconds = integer_member(object, "seconds").value_or(0);
  return static_cast<unsigned>(std::clamp<std::int64_t>(seconds, 0, 3600));
}

std::vector<GivenUp> given_up_in(JsonObject* object) {
  std::vector<GivenUp> given_up;
  JsonArray* array = array_member(object, "given_up");
  const guint length = array == nullptr ? 0 : json_array_get_length(array);
  for (guint i = 0; i < length; ++i) {
    JsonNode* node = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_OBJECT(node)) continue;
    JsonObject* one = json_node_get_object(node);
    given_up.push_back({string_member(one, "client_request_id").value_or(""),
                        time_member(one, "submitted"), seconds_in(one)});
  }
  return given_up;
}

std::optional<double> amount_member(JsonObject* object, const char* name) {
  const auto amount = number_member(object, name);
  return amount && std::isfinite(*amount) ? amount : std::nullopt;
}

// A copy to change, of what was read or empty.
JsonObjectPtr object_to_write(const Entry& entry) {
  JsonObjectPtr object(json_object_new());
  const JsonNodePtr known(entry.as_read ? read_json_object(*entry.as_read) : nullptr);
  if (known == nullptr) return object;
  json_object_foreach_member(
      json_node_get_object(known.get()),
      [](JsonObject*, const char* name, JsonNode* node, gpointer target) {
        json_object_set_member(static_cast<JsonObject*>(target), name, json_node_copy(node));
      },
      object.get());
  return object;
}

std::string account_of(const std::string& salt, const Secret& key) {
  return sha256_hex(salt + key.reveal()).substr(0, 32);
}

}  // namespace

bool may_follow(EntryState before, EntryState after) {
  if (before == after) return true;
  switch (before) {
    case EntryState::intent:
      return after == EntryState::accepted || after == EntryState::unknown ||
             after == EntryState::error;
    case EntryState::unknown:
      return after == EntryState::accepted || after == EntryState::error;
    case EntryState::accepted:
      return after == EntryState::completed || after == EntryState::error;
    case EntryState::completed:
    case EntryState::error:
      break;
  }
  return false;
}

const char* name_of(EntryState state) {
  const auto* found = std::find_if(kStates.begin(), kStates.end(),
                                   [state](const auto& known) { return known.first == state; });
  return found->second;
}

std::int64_t entry_version(std::string_view text) {
  const JsonNodePtr root = read_json_object(text);
  return root == nullptr ? 0
                         : integer_member(json_node_get_object(root.get()), "version").value_or(0);
}

std::string to_json(const Entry& entry) {
  const JsonObjectPtr owned = object_to_write(entry);
  JsonObject* object = owned.get();
  if (!json_object_has_member(object, "version")) {
    json_object_set_int_member(object, "version", kEntryVersion);
  }
  set_text(object, "state", name_of(entry.state));
  set_text(object, "sending", entry.sending == Sending::pending ? kPending : kStarted);
  set_text(object, "submitter", entry.submitter);
  set_text(object, "generation_id", entry.generation_id);
  set_text(object, "inference_id", entry.inference_id);
  set_text(object, "client_request_id", entry.client_request_id);
  set_text(object, "key", entry.key);
  set_text(object, "service", entry.service);
  if (JsonNodePtr request = read_json_object(entry.request)) {
    json_object_set_member(object, "request", request.release());
  }
  json_object_set_int_member(object, "take", entry.take);
  json_object_set_int_member(object, "seconds", entry.seconds);
  set_time(object, "submitted", entry.submitted);
  set_time(object, "completed", entry.completed);
  set_error(object, entry.error);
  set_number(object, "credits_used", entry.cost.credits_used);
  set_number(object, "usd_spent", entry.cost.usd_spent);
  set_clip(object, entry.clip);
  set_given_up(object, entry.given_up);
  set_text(object, "account_salt", entry.account_salt);
  set_text(object, "account", entry.account);

  const JsonNodePtr root(json_node_new(JSON_NODE_OBJECT));
  json_node_set_object(root.get(), object);
  return write_json(root.get(), JsonLayout::readable) + '\n';
}

std::optional<Entry> entry_from_json(std::string_view text) {
  const JsonNodePtr root = read_json_object(text);
  if (root == nullptr) return std::nullopt;
  JsonObject* object = json_node_get_object(root.get());
  const auto state = state_named(string_member(object, "state").value_or(""));
  Entry entry;
  entry.key = string_member(object, "key").value_or("");
  entry.service = string_member(object, "service").value_or("");
  if (!state || entry.key.empty() || entry.service.empty()) return std::nullopt;
  entry.state = *state;
  // Entries of the first versions do not have it.
  const bool pending = string_member(object, "sending").value_or(kStarted) == kPending;
  entry.sending = pending ? Sending::pending : Sending::started;
  entry.submitter = string_member(object, "submitter").value_or("");
  if (JsonObject* request = object_member(object, "request")) {
    const JsonNodePtr node(json_node_new(JSON_NODE_OBJECT));
    json_node_set_object(node.get(), request);
    entry.request = write_json(node.get(), JsonLayout::compact);
  }
  entry.take = static_cast<unsigned>(integer_member(object, "take").value_or(1));
  entry.seconds = seconds_in(object);
  entry.client_request_id = string_member(object, "client_request_id").value_or("");
  entry.account_salt = string_member(object, "account_salt").value_or("");
  entry.account = string_member(object, "account").value_or("");
  entry.submitted = time_member(object, "submitted");
  entry.completed = time_member(object, "completed");
  entry.generation_id = string_member(object, "generation_id").value_or("");
  entry.inference_id = string_member(object, "inference_id").value_or("");
  JsonObject* error = object_member(object, "error");
  entry.error = {string_member(error, "name").value_or(""),
                 string_member(error, "message").value_or("")};
  entry.cost = {amount_member(object, "credits_used"), amount_member(object, "usd_spent")};
  entry.clip = clip_in(object);
  entry.given_up = given_up_in(object);
  entry.as_read = std::make_shared<const std::string>(text);
  return entry;
}

std::string request_member(const Entry& entry, const char* name) {
  const JsonNodePtr root = read_json_object(entry.request);
  if (root == nullptr) return {};
  return string_member(json_node_get_object(root.get()), name).value_or("");
}

void take_row(Entry& entry, const AccountRow& row, std::int64_t now) {
  if (row.status == AccountRow::Status::failed) {
    entry.state = EntryState::error;
    entry.error = {"", "The account's log, read at " + utc_text(now, "%F %T UTC") +
                           ", lists the submission as failed."};
    return;
  }
  entry.state = EntryState::accepted;
  entry.generation_id = row.generation_id;
  entry.error = {};
  take_cost(entry, row.cost, now);
}

void take_cost(Entry& entry, const Cost& listed, std::int64_t now) {
  const bool is_final = entry.completed > 0 && now - entry.completed > kAccountLag;
  const auto take = [is_final](std::optional<double>& known, std::optional<double> amount) {
    if (amount && (*amount > 0 || is_final)) known = amount;
  };
  take(entry.cost.credits_used, listed.credits_used);
  take(entry.cost.usd_spent, listed.usd_spent);
}

void mark_account(Entry& entry, const Secret& key) {
  entry.account_salt = random_hex(16);
  entry.account = account_of(entry.account_salt, key);
}

bool is_same_account(const Entry& entry, const Secret& key) {
  return entry.account.empty() || entry.account == account_of(entry.account_salt, key);
}

}  // namespace klingtext
