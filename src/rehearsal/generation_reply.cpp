// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/generation_reply.h"

#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

JsonObject* video_at(const std::string& url) {
  JsonObject* video = json_object_new();
  json_object_set_string_member(video, "url", url.c_str());
  return video;
}

JsonObject* free_of_charge() {
  JsonObject* usage = json_object_new();
  json_object_set_int_member(usage, "credits_used", 0);  // a rehearsal costs nothing
  JsonObject* meta = json_object_new();
  json_object_set_object_member(meta, "usage", usage);
  return meta;
}

JsonObject* why(const Ending& ending) {
  JsonObject* error = json_object_new();
  json_object_set_string_member(error, "name", ending.error_name.c_str());
  json_object_set_string_member(error, "message", ending.error_message.c_str());
  return error;
}

}  // namespace

void reply_generation(const Exchange& exchange, const std::string& id, const Desk::Answer& answer,
                      const std::string& clip_url) {
  const JsonObjectPtr body(json_object_new());
  json_object_set_string_member(body.get(), "id", id.c_str());
  json_object_set_string_member(body.get(), "status", status_name(answer.status));
  if (answer.status == Status::completed) {
    json_object_set_object_member(body.get(), "video", video_at(clip_url));
    json_object_set_object_member(body.get(), "meta", free_of_charge());
  } else if (answer.status == Status::error) {
    json_object_set_object_member(body.get(), "error", why(answer.ending));
  } else {
    // Without it a client plans its polls for a service that takes minutes.
    exchange.set_header("Retry-After", "1");
  }
  exchange.reply_json(SOUP_STATUS_OK, body.get());
}

}  // namespace klingtext::rehearsal
