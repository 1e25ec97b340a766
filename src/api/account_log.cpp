// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/account_log.h"

#include <algorithm>

#include "api/json_reader.h"
#include "base/cancel.h"
#include "base/random.h"
#include "base/text.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kPrefix = "klingtext:";
constexpr std::size_t kKey = 64;        // hex digits
constexpr std::size_t kSuffix = 16;     // hex digits
constexpr unsigned kPageSize = 100;     // the most the service gives at once
constexpr guint kMaxRows = 1000;        // of one page, whatever was asked for
constexpr unsigned kTries = 3;          // of one page
constexpr std::size_t kMaxWhy = 200;    // characters
constexpr std::size_t kMaxModel = 200;  // characters
constexpr Seconds kShortestPause{1};    // after a failed call, where the service says nothing

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::int64_t time_in(JsonObject* row) {
  const auto text = string_member(row, "created");
  if (!text) return 0;
  const GDateTimePtr time(g_date_time_new_from_iso8601(text->c_str(), nullptr));
  return time == nullptr ? 0 : g_date_time_to_unix(time.get());
}

bool is_null(JsonObject* row, const char* name) {
  return json_object_has_member(row, name) &&
         JSON_NODE_HOLDS_NULL(json_object_get_member(row, name));
}

std::optional<double> amount(JsonObject* cost, const char* name) {
  const auto value = number_member(cost, name);
  return value && *value >= 0 && *value < 1e15 ? value : std::nullopt;
}

bool is_wanted(const std::string& id, const AccountFilter& filter) {
  return filter.which == AccountFilter::Which::all ? !request_key_in(id).empty()
                                                   : id == filter.client_request_id;
}

// Empty where there is none, or none that can be used: the row stands for a submission all the
// same.
std::string generation_id_in(JsonObject* row) {
  if (const auto id = string_member(row, "inference_id"); id && is_usable_id(*id)) return *id;
  const auto number = integer_member(row, "inference_id");
  return number ? std::to_string(*number) : std::string();
}

bool costs_nothing(JsonObject* row) {
  if (!json_object_has_member(row, "cost") || is_null(row, "cost")) return true;
  JsonObject* cost = object_member(row, "cost");
  const auto is_zero = [cost](const char* name) {
    if (!json_object_has_member(cost, name) || is_null(cost, name)) return true;
    const auto value = number_member(cost, name);
    return value && *value == 0;
  };
  return cost != nullptr && is_zero("usd") && is_zero("credits");
}

// Only the word that is documented says that nothing is billed, and no other amount may contradict
// it. A request that timed out at the service, say, can have a generation all the same.
bool has_failed(JsonObject* row, const std::string& status) {
  return g_ascii_strcasecmp(trimmed(status).c_str(), "failed") == 0 && costs_nothing(row);
}

std::optional<AccountRow> row_of(JsonNode* node, const AccountFilter& filter) {
  if (!JSON_NODE_HOLDS_OBJECT(node)) return std::nullopt;
  JsonObject* object = json_node_get_object(node);
  const auto id = string_member(object, "client_request_id");
  const auto status = string_member(object, "status");
  if (!id || !status) return std::nullopt;
  if (id->empty() || !is_wanted(*id, filter)) return std::nullopt;
  AccountRow row;
  row.client_request_id = *id;
  row.generation_id = generation_id_in(object);
  row.status =
      has_failed(object, *status) ? AccountRow::Status::failed : AccountRow::Status::accepted;
  row.created = time_in(object);
  row.model = one_line(string_member(object, "model").value_or(""), kMaxModel);
  JsonObject* cost = object_member(object, "cost");
  row.cost = {amount(cost, "credits"), amount(cost, "usd")};
  return row;
}

// What one call gave.
struct Call {
  enum class Next { page, repeat, give_up };
  Next next = Next::give_up;
  AccountPage page;
  std::optional<Seconds> retry_after;
  std::string why;
};

Call judge(const HttpResult& result, const AccountFilter& filter) {
  Call call;
  if (!result.ok()) {
    const HttpFault fault = result.error().fault;
    const bool passing = fault == HttpFault::unreachable || fault == HttpFault::tls ||
                         fault == HttpFault::timeout || fault == HttpFault::broken;
    call.next = passing ? Call::Next::repeat : Call::Next::give_up;
    call.why = one_line(result.error().reason, kMaxWhy);
    return call;
  }
  call.why = "HTTP " + std::to_string(result->status);
  if (result->status >= 200 && result->status < 300) {
    if (auto page = parse_account_page(result->body, filter)) {
      call.next = Call::Next::page;
      call.page = std::move(*page);
    } else {
      call.why += ", which is no log";
    }
    return call;
  }
  if (result->status == 429 || result->status >= 500) call.next = Call::Next::repeat;
  call.retry_after = parse_retry_after(result->header("retry-after"), unix_now());
  return call;
}

// The calls and the time that may still be used.
class Reader {
 public:
  Reader(const AccountGet& get, const AccountFilter& filter, const AccountLimits& limits,
         const std::stop_token& stop)
      : get_(get),
        filter_(filter),
        calls_left_(limits.calls),
        stop_(stop),
        until_(Clock::now() + std::chrono::duration_cast<Clock::duration>(limits.time)) {}

  Result<AccountAnswer> read() {
    for (std::size_t offset = 0;;) {
      if (calls_left_ == 0) return ended(AccountAnswer::Kind::cut, "it has more pages");
      auto call = page_at(offset);
      if (!call.ok()) return call.as<AccountAnswer>();
      if (call->next != Call::Next::page) {
        answer_.retry_after = call->retry_after;
        const bool busy = call->next == Call::Next::repeat;
        return ended(busy ? AccountAnswer::Kind::busy : AccountAnswer::Kind::refused, call->why);
      }
      for (AccountRow& row : call->page.rows) answer_.rows.push_back(std::move(row));
      const AccountPage& page = call->page;
      offset += page.listed;
      if (!page.all_read) return ended(AccountAnswer::Kind::cut, "a page has too many rows");
      if (!has_more(page, offset)) return ended(AccountAnswer::Kind::whole, "");
      if (page.listed == 0) return ended(AccountAnswer::Kind::cut, "a page is empty");
    }
  }

 private:
  // `listed` rows were on the pages so far.
  static bool has_more(const AccountPage& page, std::size_t listed) {
    if (page.has_more) return *page.has_more;
    return page.listed >= kPageSize || static_cast<std::int64_t>(listed) < page.total;
  }

  AccountAnswer ended(AccountAnswer::Kind kind, std::string why) {
    answer_.kind = kind;
    answer_.why = std::move(why);
    return std::move(answer_);
  }

  Result<Call> page_at(std::size_t offset) {
    for (unsigned failures = 1;; ++failures) {
      const Seconds left = until_ - Clock::now();
      if (left <= Seconds(0)) return Call{.next = Call::Next::repeat, .why = "no answer in time"};
      --calls_left_;
      ++answer_.calls;
      const HttpResult result = get_(path(offset), left, stop_);
      if (result.stopped()) return Stopped{};
      Call call = judge(result, filter_);
      if (call.next != Call::Next::repeat || failures == kTries || calls_left_ == 0) return call;
      const Seconds pause = call.retry_after.value_or(kShortestPause * failures);
      const auto wake = Clock::now() + std::chrono::duration_cast<Clock::duration>(pause);
      if (wake >= until_) return call;
      if (sleep_until(stop_, wake) == Waited::stopped) return Stopped{};
    }
  }

  std::string path(std::size_t offset) const {
    std::string path = "/logs?start=" + utc_text(filter_.start, "%FT%TZ") +
                       "&end=" + utc_text(filter_.end, "%FT%TZ") +
                       "&limit=" + std::to_string(kPageSize);
    if (offset > 0) path += "&offset=" + std::to_string(offset);
    return path;
  }

  const AccountGet& get_;
  const AccountFilter& filter_;
  unsigned calls_left_;
  const std::stop_token& stop_;
  const Clock::time_point until_;
  AccountAnswer answer_;
};

}  // namespace

std::string make_client_request_id(const std::string& request_key) {
  return std::string(kPrefix) + request_key + ':' + random_hex(kSuffix / 2);
}

std::string request_key_in(std::string_view id) {
  if (id.size() != kPrefix.size() + kKey + 1 + kSuffix || !id.starts_with(kPrefix)) return {};
  const std::string_view key = id.substr(kPrefix.size(), kKey);
  const std::string_view suffix = id.substr(kPrefix.size() + kKey + 1);
  const bool good = id[kPrefix.size() + kKey] == ':' && is_hex(key) && is_hex(suffix);
  return good ? std::string(key) : std::string();
}

std::optional<AccountPage> parse_account_page(std::string_view body, const AccountFilter& filter) {
  const JsonNodePtr root = read_json_object(body);
  if (root == nullptr) return std::nullopt;
  JsonObject* object = json_node_get_object(root.get());
  JsonArray* data = array_member(object, "data");
  if (data == nullptr) return std::nullopt;
  AccountPage page;
  page.listed = json_array_get_length(data);
  const guint length = std::min<guint>(json_array_get_length(data), kMaxRows);
  for (guint i = 0; i < length; ++i) {
    if (auto row = row_of(json_array_get_element(data, i), filter))
      page.rows.push_back(std::move(*row));
  }
  page.all_read = page.listed <= kMaxRows;
  JsonObject* pagination = object_member(object, "pagination");
  page.has_more = boolean_member(pagination, "has_more");
  page.total = integer_member(pagination, "total").value_or(0);
  return page;
}

Result<AccountAnswer> read_account_log(const AccountGet& get, const AccountFilter& filter,
                                       const AccountLimits& limits, const std::stop_token& stop) {
  return Reader(get, filter, limits, stop).read();
}

}  // namespace klingtext
