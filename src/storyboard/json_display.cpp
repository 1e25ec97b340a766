// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/json_display.h"

#include <iostream>

#include "journal/json_document.h"
#include "storyboard/wording.h"

namespace klingtext {
namespace {

void print(JsonDocument& json) {
  std::cout << json.finish(JsonLayout::compact) << std::flush;
}

void add_cost(JsonDocument& json, const Cost& cost) {
  json.number("credits_used", cost.credits_used);
  json.number("usd_spent", cost.usd_spent);
}

// The names of GStreamer's resource errors, as the element posts them.
const char* code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized:
      return "NOT_AUTHORIZED";
    case ErrorKind::busy:
      return "BUSY";
    case ErrorKind::settings:
      return "SETTINGS";
    case ErrorKind::not_found:
      return "NOT_FOUND";
    case ErrorKind::cannot_submit:
      return "OPEN_READ";
    case ErrorKind::cannot_read:
      return "READ";
    case ErrorKind::no_space:
      return "NO_SPACE_LEFT";
    case ErrorKind::store:
      return "OPEN_WRITE";
    case ErrorKind::failed:
      break;
  }
  return "FAILED";
}

void add_error(JsonDocument& json, const Error& error) {
  json.open_object("error");
  json.text("code", code_of(error.kind));
  json.text("message", error.message);
  if (error.http_status != 0) json.integer("http_status", error.http_status);
  json.text("client_request_id", error.client_request_id);
  json.text("api_error_name", error.api_error_name);
  json.text("api_error_message", error.api_error_message);
  json.end_object();
}

}  // namespace

void JsonDisplay::changed(const Shots&, const ShotProgress& shot) {
  const JobReport& report = shot.report;
  JsonDocument json;
  json.text("event", "shot");
  json.integer("shot", shot.number);
  json.text("status", name_of(shot.status));
  json.text("prompt", shot.prompt);
  json.text("key", report.request_key);
  json.text("generation_id", report.generation_id);
  if (const auto left = time_left(shot)) json.number("seconds_left", left->count());
  if (shot.status == ShotProgress::Status::done) {
    json.text("clip", report.clip_path);
    json.boolean("reused", report.origin == Origin::reused);
  }
  add_cost(json, report.cost);
  if (shot.error) add_error(json, *shot.error);
  print(json);
}

void JsonDisplay::rendering(double share) {
  const int percent = static_cast<int>(share * 100);
  if (percent == told_) return;
  told_ = percent;
  JsonDocument json;
  json.text("event", "rendering");
  json.integer("percent", percent);
  print(json);
}

void JsonDisplay::ended(const Shots& shots, const Ending& ending) {
  const Tally tally = tally_of(shots);
  JsonDocument json;
  json.text("event", "end");
  json.integer("shots", static_cast<std::int64_t>(shots.size()));
  json.integer("done", tally.done);
  json.integer("failed", tally.failed);
  json.integer("submissions", tally.submissions);
  add_cost(json, tally.cost);
  json.text("film", ending.film);
  json.text("timeline", ending.timeline);
  json.text("otio", ending.otio);
  json.text("edl", ending.edl);
  if (!ending.film.empty()) json.number("seconds", ending.seconds);
  json.open_array("missing");
  for (const unsigned number : ending.missing) json.element(std::int64_t{number});
  json.end_array();
  if (ending.trouble) {
    json.text("trouble", ending.trouble->message);
    add_error(json, *ending.trouble);
  }
  if (ending.signal != 0) json.integer("signal", ending.signal);
  print(json);
}

}  // namespace klingtext
