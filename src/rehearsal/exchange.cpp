// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/exchange.h"

#include <algorithm>

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::size_t kMaxClientRequestId = 128;

bool fit_for_echo(const std::string& id) {
  return !id.empty() && id.size() <= kMaxClientRequestId &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return g_ascii_isalnum(c) || std::string_view("._:-").find(c) != std::string_view::npos;
         });
}

std::string timestamp() {
  const GDateTimePtr now(g_date_time_new_now_utc());
  const GCharPtr text(g_date_time_format(now.get(), "%Y-%m-%dT%H:%M:%S"));
  return std::string(text.get()) + 'Z';
}

void set_string(JsonObject* object, const char* name, const std::string& value) {
  json_object_set_string_member(object, name, value.c_str());
}

}  // namespace

std::optional<Envelope> envelope_named(std::string_view name) {
  if (name == "problem") return Envelope::problem;
  if (name == "legacy") return Envelope::legacy;
  if (name == "errors") return Envelope::errors;
  if (name == "code") return Envelope::code;
  return std::nullopt;
}

const char* status_phrase(unsigned status) {
  constexpr unsigned kTooManyRequests = 429;  // libsoup does not know it
  return status == kTooManyRequests ? "Too Many Requests" : soup_status_get_phrase(status);
}

Exchange::Exchange(SoupServerMessage* message, std::string path, GHashTable* query)
    : message_(message), path_(std::move(path)), query_(query) {
  const GCharPtr uuid(g_uuid_string_random());
  request_id_ = uuid.get();
  set_header("X-Request-Id", request_id_);
  const std::string client_id = client_request_id();
  if (!client_id.empty()) set_header("X-Client-Request-Id", client_id);
}

std::string Exchange::client_request_id() const {
  std::string id = request_header("X-Client-Request-Id");
  return fit_for_echo(id) ? id : std::string();
}

std::string Exchange::method() const {
  return soup_server_message_get_method(message_);
}

std::string Exchange::request_header(const char* name) const {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message_), name);
  return value == nullptr ? std::string() : value;
}

std::string Exchange::query_parameter(const char* name) const {
  if (query_ == nullptr) return {};
  const auto* value = static_cast<const char*>(g_hash_table_lookup(query_, name));
  return value == nullptr ? std::string() : value;
}

std::string Exchange::body() const {
  const GBytesPtr bytes(soup_message_body_flatten(soup_server_message_get_request_body(message_)));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  return data == nullptr ? std::string() : std::string(data, size);
}

void Exchange::set_header(const char* name, const std::string& value) const {
  soup_message_headers_replace(soup_server_message_get_response_headers(message_), name,
                               value.c_str());
}

void Exchange::remove_header(const char* name) const {
  soup_message_headers_remove(soup_server_message_get_response_headers(message_), name);
}

void Exchange::remove_request_header(const char* name) const {
  soup_message_headers_remove(soup_server_message_get_request_headers(message_), name);
}

void Exchange::reply_bytes(unsigned status, const char* type, std::string_view bytes) const {
  soup_server_message_set_status(message_, status, status_phrase(status));
  // A second reply replaces the first.
  soup_message_body_truncate(soup_server_message_get_response_body(message_));
  soup_server_message_set_response(message_, type, SOUP_MEMORY_COPY, bytes.data(), bytes.size());
}

void Exchange::reply_text(unsigned status, const char* type, JsonObject* body) const {
  const JsonNodePtr root(json_node_init_object(json_node_alloc(), body));
  const GCharPtr text(json_to_string(root.get(), FALSE));
  reply_bytes(status, type, text.get());
}

void Exchange::reply_json(unsigned status, JsonObject* body) const {
  reply_text(status, "application/json; charset=utf-8", body);
}

JsonObjectPtr Exchange::problem(unsigned status, const char* name, const std::string& text) const {
  JsonObject* error = json_object_new();
  set_string(error, "name", name);
  set_string(error, "message", text);
  JsonObjectPtr body(json_object_new());
  set_string(body.get(), "title", status_phrase(status));
  json_object_set_int_member(body.get(), "status", status);
  set_string(body.get(), "message", text);
  // A path with half a character in it must not end up in JSON.
  set_string(body.get(), "instance", one_line(path_, 200));
  set_string(body.get(), "requestId", request_id_);
  set_string(body.get(), "timestamp", timestamp());
  json_object_set_object_member(body.get(), "error", error);
  return body;
}

JsonObjectPtr Exchange::legacy_problem(unsigned status, const std::string& text) const {
  JsonObjectPtr body(json_object_new());
  set_string(body.get(), "message", text);
  set_string(body.get(), "path", one_line(path_, 200));
  set_string(body.get(), "requestId", request_id_);
  set_string(body.get(), "statusCode", std::to_string(status));  // a string there, too
  set_string(body.get(), "timestamp", timestamp());
  return body;
}

JsonObjectPtr Exchange::error_list(const std::string& text) {
  JsonObject* error = json_object_new();
  set_string(error, "path", "prompt");
  set_string(error, "message", text);
  JsonArray* errors = json_array_new();
  json_array_add_object_element(errors, error);
  JsonObjectPtr body(json_object_new());
  set_string(body.get(), "message", "Validation failed");
  json_object_set_array_member(body.get(), "errors", errors);
  return body;
}

JsonObjectPtr Exchange::error_code(const std::string& text) {
  constexpr int kInvalidParameters = 1201;  // of Kling's own API
  JsonObjectPtr body(json_object_new());
  json_object_set_int_member(body.get(), "code", kInvalidParameters);
  set_string(body.get(), "msg", text);
  return body;
}

void Exchange::reply_problem(unsigned status, const char* name, const std::string& text,
                             Envelope envelope) const {
  switch (envelope) {
    case Envelope::legacy:
      return reply_json(status, legacy_problem(status, text).get());
    case Envelope::errors:
      return reply_json(status, error_list(text).get());
    case Envelope::code:
      return reply_json(status, error_code(text).get());
    case Envelope::problem:
      break;
  }
  reply_text(status, "application/problem+json; charset=utf-8", problem(status, name, text).get());
}

}  // namespace klingtext::rehearsal
