// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/bent_reply.h"

#include <string_view>

namespace klingtext::rehearsal {

namespace {

using Kind = Fault::Kind;

constexpr std::string_view kWebPage =
    "<!doctype html><title>Bad gateway</title><p>Please try again later.";

constexpr std::string_view kChallenge =
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    "<body>Enable JavaScript and cookies to continue</body></html>";

constexpr const char* kToldToFail = "This generation was told to fail";

// The object that was replied; null for a reply that is none.
JsonNodePtr replied(const Exchange& exchange) {
  const GBytesPtr body(
      soup_message_body_flatten(soup_server_message_get_response_body(exchange.message())));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
  if (data == nullptr) return nullptr;
  JsonNodePtr root = parse_json({data, size});
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root.get())) return nullptr;
  return JsonNodePtr(json_node_copy(root.get()));  // the parsed one is immutable
}

void remove_outcome(JsonObject* object) {
  for (const char* name : {"video", "meta", "error"}) json_object_remove_member(object, name);
}

void set_error(JsonObject* object) {
  JsonObject* error = json_object_new();
  json_object_set_string_member(error, "name", "RehearsedError");
  json_object_set_string_member(error, "message", kToldToFail);
  json_object_set_object_member(object, "error", error);
}

// As partners behind the service say it.
void set_error_detail(JsonObject* object) {
  JsonArray* where = json_array_new();
  json_array_add_string_element(where, "body");
  json_array_add_string_element(where, "prompt");
  JsonObject* detail = json_object_new();
  json_object_set_array_member(detail, "loc", where);
  json_object_set_string_member(detail, "msg", kToldToFail);
  json_object_set_string_member(detail, "type", "rehearsed_error");
  JsonArray* details = json_array_new();
  json_array_add_object_element(details, detail);
  JsonObject* error = json_object_new();
  json_object_set_array_member(error, "detail", details);
  json_object_set_object_member(object, "error", error);
}

void set_wrong_types(JsonObject* object) {
  json_object_set_boolean_member(object, "id", TRUE);
  JsonArray* status = json_array_new();
  json_array_add_string_element(status, json_object_get_string_member(object, "status"));
  json_object_set_array_member(object, "status", status);
  json_object_set_string_member(object, "video", "none");
  json_object_set_boolean_member(object, "meta", TRUE);
}

void keep_only_the_id(JsonObject* object) {
  remove_outcome(object);
  json_object_remove_member(object, "status");
}

std::string clip_url(JsonObject* object) {
  JsonObject* video = json_object_get_object_member(object, "video");
  return video == nullptr ? "" : json_object_get_string_member(video, "url");
}

JsonArray* list_of_videos(const std::string& url) {
  JsonObject* video = json_object_new();
  json_object_set_string_member(video, "url", url.c_str());
  JsonArray* videos = json_array_new();
  json_array_add_object_element(videos, video);
  return videos;
}

// {"code":0,"message":"SUCCEED","request_id":…,"data":{"task_id":…,"task_status":…}}
void set_kling_envelope(JsonObject* object, const char* status, JsonObject* result) {
  JsonObject* data = json_object_new();
  json_object_set_string_member(data, "task_id", json_object_get_string_member(object, "id"));
  json_object_set_string_member(data, "task_status", status);
  if (result != nullptr) json_object_set_object_member(data, "task_result", result);
  keep_only_the_id(object);
  json_object_remove_member(object, "id");
  json_object_set_int_member(object, "code", 0);
  json_object_set_string_member(object, "message", "SUCCEED");
  json_object_set_string_member(object, "request_id", "of-this-exchange-only");
  json_object_set_object_member(object, "data", data);
}

void set_kling_result(JsonObject* object) {
  JsonObject* result = json_object_new();
  json_object_set_array_member(result, "videos", list_of_videos(clip_url(object)));
  set_kling_envelope(object, "succeed", result);
}

void set_ticket(JsonObject* object) {
  json_object_remove_member(object, "id");
  json_object_set_string_member(object, "ticket", "T-17");
}

void set_video_list(JsonObject* object) {
  json_object_set_array_member(object, "videos", list_of_videos(clip_url(object)));
  json_object_remove_member(object, "video");
}

void set_error_code(JsonObject* object) {
  JsonObject* error = json_object_new();
  json_object_set_int_member(error, "code", 1301);
  json_object_set_string_member(error, "msg", kToldToFail);
  json_object_set_object_member(object, "error", error);
}

void set_url(JsonObject* object, const std::string& url) {
  JsonObject* video = json_object_new();
  json_object_set_string_member(video, "url", url.c_str());
  json_object_set_object_member(object, "video", video);
}

void set_rows_failed(JsonArray* rows) {
  for (guint i = 0; i < json_array_get_length(rows); ++i) {
    JsonObject* row = json_array_get_object_element(rows, i);
    json_object_set_string_member(row, "status", "failed");
    json_object_set_null_member(row, "inference_id");
  }
}

// Leaves the rows that are at least this old.
void remove_young_rows(JsonArray* rows, unsigned seconds) {
  const gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  for (guint i = json_array_get_length(rows); i-- > 0;) {
    const char* created =
        json_object_get_string_member(json_array_get_object_element(rows, i), "created");
    const GDateTimePtr time(g_date_time_new_from_iso8601(created, nullptr));
    if (now - g_date_time_to_unix(time.get()) < seconds) json_array_remove_element(rows, i);
  }
}

void leave_one_row(JsonObject* page, JsonArray* rows) {
  JsonObject* pagination = json_object_get_object_member(page, "pagination");
  const gint64 rest = json_object_get_int_member(pagination, "total") -
                      json_object_get_int_member(pagination, "offset");
  while (json_array_get_length(rows) > 1) {
    json_array_remove_element(rows, json_array_get_length(rows) - 1);
  }
  json_object_set_int_member(pagination, "limit", 1);
  json_object_set_boolean_member(pagination, "has_more", rest > 1 ? TRUE : FALSE);
}

void bend_log(JsonObject* page, const Fault& fault) {
  JsonArray* rows = json_object_get_array_member(page, "data");
  if (rows == nullptr) return;
  if (fault.kind == Kind::row_missing) remove_young_rows(rows, G_MAXUINT);
  if (fault.kind == Kind::row_failed) set_rows_failed(rows);
  if (fault.kind == Kind::row_late) remove_young_rows(rows, fault.seconds);
  if (fault.kind == Kind::log_paged) leave_one_row(page, rows);
}

void bend(JsonObject* object, Kind kind, const std::string& expired_url) {
  switch (kind) {
    case Kind::wrong_types:
      return set_wrong_types(object);
    case Kind::unknown_status:
      remove_outcome(object);
      return json_object_set_string_member(object, "status", "pondering");
    case Kind::no_status:
      return keep_only_the_id(object);
    case Kind::id_in_data:
      return set_kling_envelope(object, "submitted", nullptr);
    case Kind::no_id:
      return set_ticket(object);
    case Kind::expired:
      remove_outcome(object);
      json_object_set_string_member(object, "status", "expired");
      return json_object_set_string_member(object, "message", kToldToFail);
    case Kind::error:
    case Kind::error_text:
    case Kind::error_detail:
    case Kind::error_code:
      remove_outcome(object);
      json_object_set_string_member(object, "status", "error");
      if (kind == Kind::error) return set_error(object);
      if (kind == Kind::error_code) return set_error_code(object);
      if (kind == Kind::error_detail) return set_error_detail(object);
      return json_object_set_string_member(object, "error", kToldToFail);
    case Kind::completed_without_url:
      return json_object_remove_member(object, "video");
    case Kind::completed_with_error:
      json_object_remove_member(object, "video");
      return set_error(object);
    case Kind::kling_words:
      return set_kling_result(object);
    case Kind::video_list:
      return set_video_list(object);
    case Kind::relative_url: {
      const std::string url = clip_url(object);
      return set_url(object, url.substr(url.find("//")));
    }
    case Kind::expired_link:
      return set_url(object, expired_url);
    default:
      break;
  }
}

const char* reason(unsigned status) {
  switch (status) {
    case 401:
      return "The key was refused";
    case 403:
      return "The account has run out of credits";
    case 404:
      return "There is no such generation";
    case 429:
      return "Too many requests, or too many generations at once";
    default:
      return status < 500 ? "The request was refused" : "Something went wrong with the server";
  }
}

}  // namespace

void reply_web_page(const Exchange& exchange) {
  exchange.reply_bytes(SOUP_STATUS_OK, "text/html", kWebPage);
}

void bend_reply(const Exchange& exchange, const Fault& fault, const std::string& expired_url) {
  if (fault.kind == Kind::not_json) {
    return reply_web_page(exchange);
  }
  if (fault.kind == Kind::challenge) {
    return exchange.reply_bytes(SOUP_STATUS_FORBIDDEN, "text/html", kChallenge);
  }
  const JsonNodePtr root = replied(exchange);
  if (root == nullptr) return;
  JsonObject* object = json_node_get_object(root.get());
  if (json_object_has_member(object, "pagination")) {
    bend_log(object, fault);
  } else {
    bend(object, fault.kind, expired_url);
  }
  exchange.reply_json(soup_server_message_get_status(exchange.message()), object);
}

void reply_status(const Exchange& exchange, const Fault& fault) {
  if (fault.retry_after == Fault::RetryAfter::seconds) {
    exchange.set_header("Retry-After", std::to_string(fault.retry_after_seconds));
  } else if (fault.retry_after == Fault::RetryAfter::date) {
    const GDateTimePtr now(g_date_time_new_now_utc());
    const GDateTimePtr then(
        g_date_time_add_seconds(now.get(), static_cast<double>(fault.retry_after_seconds)));
    const GCharPtr date(soup_date_time_to_string(then.get(), SOUP_DATE_HTTP));
    exchange.set_header("Retry-After", date.get());
  } else {
    exchange.remove_header("Retry-After");
  }
  if (fault.status == SOUP_STATUS_NOT_MODIFIED) {
    return exchange.reply_bytes(fault.status, "application/json", "");
  }
  exchange.reply_problem(fault.status, "RehearsedFailure",
                         std::string(reason(fault.status)) + " (rehearsed)", fault.envelope);
}

}  // namespace klingtext::rehearsal
