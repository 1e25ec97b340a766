// SPDX-License-Identifier: LGPL-2.1-or-later
// The account's log at the service: one row for each request that an API key made, read only. Rows
// carry the client request id of the submission and the id of the generation it became.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "api/retry_policy.h"
#include "api/wire.h"

namespace klingtext {

// Rows come from an analytics pipeline. So long after a submission its row may be missing, and so
// long after the completion its cost may be 0.
inline constexpr std::int64_t kAccountLag = 3600;  // seconds

struct AccountRow {
  enum class Status {
    accepted,  // also where its status says anything but the next
    failed,    // with a cost of nothing
  };
  std::string client_request_id;
  std::string generation_id;  // empty: the row has none that can be used
  Status status = Status::accepted;
  std::int64_t created = 0;  // unix seconds; 0: not said
  std::string model;
  Cost cost;
};

// `klingtext:<request key, 64 hex digits>:<16 hex digits>`.
std::string make_client_request_id(const std::string& request_key);
// The request key in an id of exactly this form; empty for others.
std::string request_key_in(std::string_view client_request_id);

// Which rows are wanted.
struct AccountFilter {
  enum class Which {
    one,  // of this client request id
    all,  // that make_client_request_id() can give
  };
  Which which = Which::one;
  std::string client_request_id;
  std::int64_t start = 0;  // unix seconds
  std::int64_t end = 0;    // at most 92 days after `start`
};

struct AccountPage {
  std::vector<AccountRow> rows;  // those wanted; a row with members of other types is left out
  std::size_t listed = 0;        // rows of the page, wanted or not
  bool all_read = true;          // false: it has more rows than are read of one page
  std::optional<bool> has_more;  // as the page says
  std::int64_t total = 0;        // rows of all pages; 0: not said
};
// Nothing when the body is no page of a log.
std::optional<AccountPage> parse_account_page(std::string_view body, const AccountFilter& filter);

struct AccountAnswer {
  enum class Kind {
    whole,    // every row of the window was read
    cut,      // the log is longer than the limits allow, or its pages have gaps
    refused,  // no such endpoint, not for this key, or an answer that is no log
    busy,     // no answer, or one that asks for patience: the next try may get one
  };
  Kind kind = Kind::busy;
  std::vector<AccountRow> rows;        // newest first; also what was read before it ended
  std::string why;                     // where it is not whole; one line
  std::optional<Seconds> retry_after;  // of the last answer, where it is busy
  unsigned calls = 0;                  // that were made
};

struct AccountLimits {
  unsigned calls = 10;
  Seconds time{30};
};

// One GET of a path below base-url, within this time.
using AccountGet =
    std::function<HttpResult(const std::string& path, Seconds within, const std::stop_token& stop)>;

// All pages of the window. Obeys Retry-After; a call that failed is repeated twice. Stopped only by
// the token.
Result<AccountAnswer> read_account_log(const AccountGet& get, const AccountFilter& filter,
                                       const AccountLimits& limits, const std::stop_token& stop);

}  // namespace klingtext
