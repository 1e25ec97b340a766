// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/account_log.h"

#include <optional>
#include <string>
#include <vector>

#include "base/unix_time.h"
#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::int64_t kDay = 24LL * 3600 * 1000;  // milliseconds
constexpr std::int64_t kLongestWindow = 92 * kDay;
constexpr unsigned kRows = 50;       // of a page, unless told
constexpr unsigned kMostRows = 100;  // of a page
constexpr unsigned kMostOffset = 1'000'000'000;

struct Question {
  std::int64_t start = 0;  // milliseconds since the epoch
  std::int64_t end = 0;
  unsigned limit = kRows;
  unsigned offset = 0;
  std::string model;
  std::string status;
};

std::optional<std::int64_t> time_in(const std::string& text) {
  const GDateTimePtr time(g_date_time_new_from_iso8601(text.c_str(), nullptr));
  if (time == nullptr) return std::nullopt;
  return g_date_time_to_unix(time.get()) * 1000 + g_date_time_get_microsecond(time.get()) / 1000;
}

// The window; false when there is none, two, or one that is too long.
bool read_window(const Exchange& exchange, std::int64_t now, Question& question) {
  const std::string period = exchange.query_parameter("period");
  const std::string start = exchange.query_parameter("start");
  const std::string end = exchange.query_parameter("end");
  if (!period.empty()) {
    if ((period != "24h" && period != "7d") || !start.empty() || !end.empty()) return false;
    question.end = now + 1;
    question.start = now - (period == "24h" ? kDay : 7 * kDay);
    return true;
  }
  const auto from = time_in(start);
  const auto to = time_in(end);
  if (!from || !to || *from >= *to || *to - *from > kLongestWindow) return false;
  question.start = *from;
  question.end = *to;
  return true;
}

bool read_count(const Exchange& exchange, const char* name, unsigned least, unsigned most,
                unsigned& into) {
  const std::string text = exchange.query_parameter(name);
  if (text.empty()) return true;
  guint64 value = 0;
  if (!g_ascii_string_to_unsigned(text.c_str(), 10, least, most, &value, nullptr)) return false;
  into = static_cast<unsigned>(value);
  return true;
}

std::optional<Question> read_question(const Exchange& exchange, std::int64_t now) {
  Question question;
  question.model = exchange.query_parameter("model");
  question.status = exchange.query_parameter("status");
  const bool status_is_known =
      question.status.empty() || question.status == "succeeded" || question.status == "failed";
  if (!read_window(exchange, now, question) ||
      !read_count(exchange, "limit", 1, kMostRows, question.limit) ||
      !read_count(exchange, "offset", 0, kMostOffset, question.offset) || !status_is_known) {
    return std::nullopt;
  }
  return question;
}

void set_text(JsonObject* object, const char* name, const std::string& value) {
  json_object_set_string_member(object, name, value.c_str());
}

JsonObject* no_cost() {
  JsonObject* cost = json_object_new();
  json_object_set_int_member(cost, "usd", 0);
  json_object_set_int_member(cost, "credits", 0);
  return cost;
}

std::string time_text(std::int64_t milliseconds) {
  std::string thousandths = std::to_string(1000 + milliseconds % 1000);
  thousandths[0] = '.';
  return utc_text(milliseconds / 1000, "%FT%T") + thousandths + "Z";
}

JsonObject* row_of(const Generation& generation, const char* status) {
  JsonObject* row = json_object_new();
  set_text(row, "created", time_text(generation.accepted.count()));
  set_text(row, "status", status);
  set_text(row, "origin", "api");
  set_text(row, "model", generation.submission.shot.model);
  json_object_set_object_member(row, "cost", no_cost());
  json_object_set_null_member(row, "tokens");
  json_object_set_null_member(row, "request_id");
  set_text(row, "inference_id", generation.id);
  if (generation.client_request_id.empty()) {
    json_object_set_null_member(row, "client_request_id");
  } else {
    set_text(row, "client_request_id", generation.client_request_id);
  }
  return row;
}

}  // namespace

void reply_account_log(const Exchange& exchange, Desk& desk, std::chrono::seconds lag) {
  const std::int64_t now = g_get_real_time() / 1000;
  const auto question = read_question(exchange, now);
  if (!question) {
    return exchange.reply_problem(
        SOUP_STATUS_BAD_REQUEST, "ValidationError",
        "Query validation error: either period=24h or 7d, or start and end, at most 92 days apart; "
        "status=succeeded or failed; limit 1 to 100; offset from 0");
  }
  desk.recall();  // other processes may work on the same directory
  const auto all = desk.generations();
  JsonArray* page = json_array_new();
  unsigned total = 0;
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    const Generation& generation = **at;
    const std::int64_t created = generation.accepted.count();
    const bool failed = generation.ending && generation.ending->status == Status::error;
    const char* status = failed ? "failed" : "succeeded";
    const bool listed =
        created >= question->start && created < question->end &&
        now - created >= lag.count() * 1000 &&
        (question->model.empty() || question->model == generation.submission.shot.model) &&
        (question->status.empty() || question->status == status);
    if (!listed) continue;
    if (total >= question->offset && total - question->offset < question->limit) {
      json_array_add_object_element(page, row_of(generation, status));
    }
    ++total;
  }
  JsonObject* pagination = json_object_new();
  json_object_set_int_member(pagination, "limit", question->limit);
  json_object_set_int_member(pagination, "offset", question->offset);
  json_object_set_int_member(pagination, "total", total);
  const bool more = std::uint64_t{question->offset} + question->limit < total;
  json_object_set_boolean_member(pagination, "has_more", more ? TRUE : FALSE);
  const JsonObjectPtr body(json_object_new());
  json_object_set_array_member(body.get(), "data", page);
  json_object_set_object_member(body.get(), "pagination", pagination);
  exchange.reply_json(SOUP_STATUS_OK, body.get());
}

}  // namespace klingtext::rehearsal
