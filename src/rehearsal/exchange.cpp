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

void set_text(JsonObject* object, const char* name, const std::string& value) {
  json_object_set_string_member(object, name, value.c_str());
}

}  // namespace

Exchange::Exchange(SoupServerMessage* message, std::string path)
    : message_(message), path_(std::move(path)) {
  const GCharPtr uuid(g_uuid_string_random());
  request_id_ = uuid.get();
  set_header("X-Request-Id", request_id_);
  const std::string client_id = request_header("X-Client-Request-Id");
  if (fit_for_echo(client_id)) set_header("X-Client-Request-Id", client_id);
}

std::string Exchange::method() const {
  return soup_server_message_get_method(message_);
}

std::string Exchange::request_header(const char* name) const {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message_), name);
  return value == nullptr ? std::string() : value;
}

void Exchange::set_header(const char* name, const std::string& value) const {
  soup_message_headers_replace(soup_server_message_get_response_headers(message_), name,
                               value.c_str());
}

void Exchange::reply_text(unsigned status, const char* type, JsonNode* body) const {
  const GCharPtr text(json_to_string(body, FALSE));
  soup_server_message_set_status(message_, status, nullptr);
  soup_server_message_set_response(message_, type, SOUP_MEMORY_COPY, text.get(),
                                   std::string_view(text.get()).size());
}

void Exchange::reply_json(unsigned status, JsonNode* body) const {
  reply_text(status, "application/json; charset=utf-8", body);
}

void Exchange::reply_problem(unsigned status, const char* name, const std::string& text) const {
  JsonObject* error = json_object_new();
  set_text(error, "name", name);
  set_text(error, "message", text);
  JsonObject* problem = json_object_new();
  set_text(problem, "title", soup_status_get_phrase(status));
  json_object_set_int_member(problem, "status", status);
  set_text(problem, "message", text);
  // A path with half a character in it must not end up in JSON.
  set_text(problem, "instance", one_line(path_, 200));
  set_text(problem, "requestId", request_id_);
  set_text(problem, "timestamp", timestamp());
  json_object_set_object_member(problem, "error", error);
  const JsonNodePtr root(json_node_alloc());
  json_node_init_object(root.get(), problem);
  json_object_unref(problem);
  reply_text(status, "application/problem+json; charset=utf-8", root.get());
}

}  // namespace klingtext::rehearsal
