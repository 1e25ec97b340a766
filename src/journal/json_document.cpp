// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/json_document.h"

#include "api/json_reader.h"
#include "store/clip_file.h"

namespace klingtext {

void JsonDocument::text(const char* member, const std::string& value) {
  if (value.empty()) return;
  name(member);
  element(value);
}

void JsonDocument::element(const std::string& value) {
  const GCharPtr valid(g_utf8_make_valid(value.data(), static_cast<gssize>(value.size())));
  json_builder_add_string_value(builder_.get(), valid.get());
}

void JsonDocument::time(const char* member, std::int64_t unix_seconds) {
  const GDateTimePtr time(g_date_time_new_from_unix_utc(unix_seconds));
  if (unix_seconds == 0 || time == nullptr) return;
  const GCharPtr spelled(g_date_time_format_iso8601(time.get()));
  text(member, spelled.get());
}

void JsonDocument::integer(const char* member, std::int64_t value) {
  name(member);
  element(value);
}

void JsonDocument::boolean(const char* member, bool value) {
  name(member);
  json_builder_add_boolean_value(builder_.get(), value ? TRUE : FALSE);
}

void JsonDocument::number(const char* member, std::optional<double> value) {
  if (!value) return;
  name(member);
  json_builder_add_double_value(builder_.get(), *value);
}

void JsonDocument::open_object(const char* member) {
  name(member);
  json_builder_begin_object(builder_.get());
}

void JsonDocument::open_array(const char* member) {
  name(member);
  json_builder_begin_array(builder_.get());
}

// Not the account's fingerprint: that is for the element alone.
void JsonDocument::record(const Record& record, const StoreDir& store) {
  const Entry& entry = record.entry;
  begin_object();
  text("key", entry.key);
  text("status", name_of(record.status));
  text("generation_id", entry.generation_id);
  text("client_request_id", entry.client_request_id);
  text("service", entry.service);
  text("prompt", request_member(entry, "prompt"));
  text("model", request_member(entry, "model"));
  if (JsonNodePtr request = read_json_object(entry.request)) {
    name("request");
    json_builder_add_value(builder_.get(), request.release());
  }
  integer("take", entry.take);
  integer("seconds", entry.seconds);
  time("submitted", entry.submitted);
  time("completed", entry.completed);
  number("credits_used", entry.cost.credits_used);
  number("usd_spent", entry.cost.usd_spent);
  if (!entry.error.name.empty() || !entry.error.message.empty()) {
    open_object("error");
    text("name", entry.error.name);
    text("message", entry.error.message);
    end_object();
  }
  clip(record, store);
  given_up(entry);
  end_object();
}

void JsonDocument::clip(const Record& record, const StoreDir& store) {
  open_object("clip");
  text("state", name_of(record.clip));
  if (record.clip == Record::ClipState::present || record.clip == Record::ClipState::changed) {
    text("path", store.path_of(clip_name(record.entry.key)));
  }
  if (record.clip_bytes > 0) integer("bytes", static_cast<std::int64_t>(record.clip_bytes));
  if (record.entry.clip) {
    integer("length", static_cast<std::int64_t>(record.entry.clip->length));
    text("checksum", record.entry.clip->checksum);
  }
  end_object();
}

void JsonDocument::given_up(const Entry& entry) {
  if (entry.given_up.empty()) return;
  open_array("given_up");
  for (const GivenUp& one : entry.given_up) {
    begin_object();
    text("client_request_id", one.client_request_id);
    time("submitted", one.submitted);
    integer("seconds", one.seconds);
    end_object();
  }
  end_array();
}

std::string JsonDocument::finish(JsonLayout layout) {
  end_object();
  const GlibPtr<JsonNode, json_node_unref> root(json_builder_get_root(builder_.get()));
  return write_json(root.get(), layout) + '\n';
}

}  // namespace klingtext
