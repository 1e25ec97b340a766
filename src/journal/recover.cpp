// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <iostream>

#include "api/account_log.h"
#include "api/api_key.h"
#include "journal/account_review.h"
#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/service_in_force.h"
#include "journal/text_table.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

constexpr std::int64_t kWindow = 90 * kDay;  // of one question; the service takes 92 days
constexpr std::int64_t kClock = 3600;        // seconds that this machine's clock may be behind
constexpr AccountLimits kLimits{150, Seconds(300)};

// Everything from `since` on, the newest first.
Result<std::vector<AccountRow>> read_rows(const ApiClient& client, std::int64_t since,
                                          std::int64_t now) {
  const auto get = [&](const std::string& path, Seconds within, const std::stop_token& stop) {
    return client.get(path, within, stop);
  };
  std::vector<AccountRow> rows;
  for (std::int64_t end = now + kClock; end > since; end -= kWindow) {
    const AccountFilter filter{AccountFilter::Which::all, "", std::max(since, end - kWindow), end};
    auto answer = read_account_log(get, filter, kLimits, {});
    if (!answer.ok()) return answer.as<std::vector<AccountRow>>();
    if (answer->kind == AccountAnswer::Kind::refused || answer->kind == AccountAnswer::Kind::busy) {
      return Error{.kind = ErrorKind::cannot_read,
                   .message = "The account's log cannot be read (" + answer->why +
                              "). Nothing was changed. Check the key and AIMLAPI_BASE_URL, or run "
                              "this again later."};
    }
    if (answer->kind == AccountAnswer::Kind::cut) {
      return Error{.kind = ErrorKind::cannot_read,
                   .message =
                       "The account's log has more rows than are read at once. Nothing was "
                       "changed. Set --since to a later day."};
    }
    for (AccountRow& row : answer->rows) {
      const bool asked_for = row.created == 0 || (row.created >= filter.start - kClock &&
                                                  row.created <= filter.end + kClock);
      if (asked_for) rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string date_text(std::int64_t unix_seconds) {
  return unix_seconds == 0 ? "-" : time_text(unix_seconds).substr(0, 16);
}

const char* status_text(const AccountFinding& finding) {
  if (finding.adopted) return "adopted";
  switch (finding.kind) {
    case AccountFinding::Kind::missing:
      return "not here";
    case AccountFinding::Kind::unknown:
      return "unknown here";
    case AccountFinding::Kind::failed:
      return "failed";
    case AccountFinding::Kind::other:
      break;
  }
  return "another is here";
}

void print_findings(const AccountReview& review) {
  TextTable table({{"DATE (UTC)"},
                   {"KEY"},
                   {"COST", Align::right},
                   {"STATUS"},
                   {"CLIP"},
                   {"PROMPT"},
                   {"GENERATION"}});
  for (const AccountFinding& finding : review.findings) {
    const bool own = finding.kind != AccountFinding::Kind::missing;
    const std::string prompt = own ? prompt_of(finding.entry) : "";
    table.add({date_text(finding.row.created), finding.key.substr(0, kKeyShown),
               cost_text(finding.row.cost), status_text(finding), name_of(finding.clip),
               prompt.empty() ? "not known" : cut_to_cells(prompt, 24), finding.row.generation_id});
  }
  if (!review.findings.empty()) std::cout << table.text(output_width());
}

void print_rest(const AccountReview& review) {
  for (const CostDifference& one : review.costs) {
    std::cout << one.entry.key.substr(0, kKeyShown) << ": the journal has "
              << cost_text(one.entry.cost) << ", the account " << cost_text(one.account)
              << (one.taken ? "; taken as the final cost.\n" : ".\n");
  }
  for (const Entry& entry : review.unlisted) {
    std::cout << entry.key.substr(0, kKeyShown) << ": submitted on " << time_text(entry.submitted)
              << ", and the account's log does not list it.\n";
  }
}

void print_end(const AccountReview& review, CommandLine::Adopt adopt) {
  const auto without_id =
      std::count_if(review.findings.begin(), review.findings.end(), is_without_id);
  const auto missing =
      std::count_if(review.findings.begin(), review.findings.end(), is_not_here) - without_id;
  const auto adopted = std::count_if(review.findings.begin(), review.findings.end(),
                                     [](const AccountFinding& one) { return one.adopted; });
  if (adopted > 0) {
    std::cout << adopted << (adopted == 1 ? " generation is" : " generations are")
              << " adopted; klingtext-journal fetch downloads the clips.\n";
  }
  const auto others =
      std::count_if(review.findings.begin(), review.findings.end(), [](const AccountFinding& one) {
        return one.kind == AccountFinding::Kind::other && !one.row.generation_id.empty();
      });
  if (others > 0) {
    std::cout << others << (others == 1 ? " more was" : " more were")
              << " bought for requests that are here; generation-id=… plays "
              << (others == 1 ? "it" : "them") << ".\n";
  }
  if (without_id > 0) {
    std::cout << without_id << (without_id == 1 ? " submission is" : " submissions are")
              << " listed as accepted, without a generation id: do not submit "
              << (without_id == 1 ? "it" : "them") << " again; ask the service's support.\n";
  }
  if (missing > 0) {
    std::cout << missing << (missing == 1 ? " generation is" : " generations are")
              << " bought and not in this store"
              << (adopt == CommandLine::Adopt::no ? "; add --adopt to record them.\n"
                                                  : "; another process uses the request.\n");
  } else if (adopted == 0 && without_id == 0 && others == 0) {
    std::cout << "Everything that the account lists with an id of klingtextsrc is in this store.\n";
  }
}

void add_cost(JsonDocument& json, const Cost& cost) {
  json.number("credits_used", cost.credits_used);
  json.number("usd_spent", cost.usd_spent);
}

void add_finding(JsonDocument& json, const AccountFinding& finding) {
  json.begin_object();
  json.text("what", name_of(finding.kind));
  json.text("key", finding.key);
  json.text("generation_id", finding.row.generation_id);
  json.text("client_request_id", finding.row.client_request_id);
  json.time("submitted", finding.row.created);
  json.text("model", finding.row.model);
  add_cost(json, finding.row.cost);
  json.text("clip", name_of(finding.clip));
  json.boolean("adopted", finding.adopted);
  json.end_object();
}

std::string document(const JournalView& view, const AccountReview& review,
                     const std::string& service, std::int64_t since) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", view.store().path());
  json.text("service", service);
  json.time("since", since);
  json.boolean("ok", std::none_of(review.findings.begin(), review.findings.end(), is_not_here));
  json.open_array("found");
  for (const AccountFinding& finding : review.findings) add_finding(json, finding);
  json.end_array();
  json.open_array("not_listed");
  for (const Entry& entry : review.unlisted) {
    json.begin_object();
    json.text("key", entry.key);
    json.text("generation_id", entry.generation_id);
    json.text("client_request_id", entry.client_request_id);
    json.time("submitted", entry.submitted);
    json.end_object();
  }
  json.end_array();
  json.open_array("costs");
  for (const CostDifference& one : review.costs) {
    json.begin_object();
    json.text("key", one.entry.key);
    json.open_object("journal");
    add_cost(json, one.entry.cost);
    json.end_object();
    json.open_object("account");
    add_cost(json, one.account);
    json.end_object();
    json.boolean("taken", one.taken);
    json.end_object();
  }
  json.end_array();
  return json.finish();
}

}  // namespace

Exit recover(const JournalView& view, const CommandLine& line) {
  const auto url = service_in_force();
  if (!url.ok()) return complain(url.error());
  const auto key = find_api_key({{}, line.api_key_file, "--api-key-file", ""}, warn);
  if (!key.ok()) return complain(key.error());
  ApiClient client(connection_to(*url, *key));
  const std::int64_t now = unix_now();
  const std::int64_t since = std::max<std::int64_t>(line.since.value_or(now - 30 * kDay), 0);
  const auto rows = read_rows(client, since, now);
  if (!rows.ok()) return complain(rows.error());
  const auto contents = view.read();
  if (!contents.ok()) return complain(contents.error());
  AccountReview review = review_account(*rows, *contents, url->text, *key, since, now);
  if (auto looked = look_for_clips(review, client, {}); looked.failed()) {
    return complain(looked.error());
  }
  const bool wanted = line.adopt == CommandLine::Adopt::yes;
  const auto adopted = wanted ? adopt(review, view.journal(), url->text, *key) : Outcome(Done{});
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view, review, url->text, since);
  } else {
    print_findings(review);
    print_rest(review);
    print_end(review, line.adopt);
  }
  const bool damaged = complain_of_entries(*contents, view.store());
  if (adopted.failed()) return complain(adopted.error());
  if (damaged) return Exit::trouble;
  const bool missing = std::any_of(review.findings.begin(), review.findings.end(), is_not_here);
  return missing ? Exit::missing : Exit::fine;
}

}  // namespace klingtext
