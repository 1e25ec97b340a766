// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/account_review.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/unix_time.h"
#include "job/run_context.h"
#include "store/standing.h"

namespace klingtext {
namespace {

using Kind = AccountFinding::Kind;
using ClipAt = AccountFinding::ClipAt;

// What a row tells: a generation, an acceptance only, a failure.
int worth_of(const AccountRow& row) {
  if (row.status == AccountRow::Status::failed) return 0;
  return row.generation_id.empty() ? 1 : 2;
}

// One row of each submission: the one that tells the most.
std::vector<AccountRow> without_repeats(const std::vector<AccountRow>& rows) {
  std::vector<AccountRow> single;
  std::map<std::string, std::size_t> places;
  for (const AccountRow& row : rows) {
    const auto [at, is_new] = places.emplace(row.client_request_id, single.size());
    if (is_new) {
      single.push_back(row);
    } else if (worth_of(row) > worth_of(single[at->second])) {
      single[at->second] = row;
    }
  }
  return single;
}

bool differs(std::optional<double> journal, std::optional<double> account) {
  if (!account) return false;
  return !journal || std::abs(*journal - *account) > 1e-9 * std::max(1.0, std::abs(*account));
}

void review_own(AccountReview& review, const Record& record, const AccountRow& row,
                std::int64_t now) {
  const Entry& entry = record.entry;
  if (record.status == Record::Status::submitting) return;
  const bool failed = row.status == AccountRow::Status::failed;
  // Only an earlier row called it failed.
  const bool refuted = record.status == Record::Status::failed && !failed && !has_generation(entry);
  if (record.status == Record::Status::unknown || refuted) {
    review.findings.push_back(
        {failed ? Kind::failed : Kind::unknown, row, entry.key, entry, ClipAt::not_known, false});
    return;
  }
  if (record.status == Record::Status::failed || failed) return;
  Entry taken = entry;
  take_cost(taken, row.cost, now);
  if (differs(entry.cost.usd_spent, taken.cost.usd_spent) ||
      differs(entry.cost.credits_used, taken.cost.credits_used)) {
    review.costs.push_back({entry, row.cost, false});
  }
}

Entry entry_of(const AccountFinding& finding, const std::string& service, const Secret& key) {
  Entry entry;
  entry.key = finding.key;
  entry.service = service;
  entry.client_request_id = finding.row.client_request_id;
  entry.submitted = finding.row.created;
  take_row(entry, finding.row, unix_now());
  mark_account(entry, key);
  return entry;
}

Outcome adopt_missing(AccountFinding& finding, const Journal& journal, const Entry& entry) {
  const auto lock = journal.try_lock(entry.key);
  if (!lock.ok()) return lock.as<Done>();
  if (*lock == nullptr) return Done{};  // a process submits or follows it
  const auto created = journal.create(entry, std::nullopt);
  if (!created.ok()) return created.as<Done>();
  finding.adopted = created->has_value();
  return Done{};
}

Outcome adopt_outcome(AccountFinding& finding, const Journal& journal) {
  const auto changed = change_entry(
      journal, finding.entry, [&](Entry& entry) { take_row(entry, finding.row, unix_now()); });
  if (!changed.ok()) return changed.as<Done>();
  finding.adopted = true;
  return Done{};
}

ClipAt clip_of(const Poll& poll) {
  if (poll.verdict == Poll::Verdict::refused) return ClipAt::gone;
  if (poll.verdict != Poll::Verdict::answered) return ClipAt::not_known;
  switch (poll.reply.status) {
    case ServiceStatus::completed:
      return poll.reply.clip_url.empty() ? ClipAt::gone : ClipAt::ready;
    case ServiceStatus::error:
      return ClipAt::gone;
    case ServiceStatus::queued:
    case ServiceStatus::generating:
      return ClipAt::later;
    case ServiceStatus::unknown:
      break;
  }
  return ClipAt::not_known;
}

}  // namespace

AccountReview review_account(const std::vector<AccountRow>& rows,
                             const JournalView::Contents& contents, const std::string& service,
                             const Secret& key, std::int64_t since, std::int64_t now) {
  std::map<std::string, const Record*> by_key;
  for (const Record& record : contents.records) by_key.emplace(record.entry.key, &record);
  AccountReview review;
  std::set<std::string> listed;
  std::set<std::string> wanted;  // request keys
  for (const AccountRow& row : without_repeats(rows)) {
    listed.insert(row.client_request_id);
    const std::string request = request_key_in(row.client_request_id);
    const auto known = by_key.find(request);
    if (known != by_key.end() && known->second->entry.client_request_id == row.client_request_id) {
      review_own(review, *known->second, row, now);
      continue;
    }
    if (row.status == AccountRow::Status::failed) continue;
    const bool first = known == by_key.end() && wanted.insert(request).second;
    const Entry entry = known == by_key.end() ? Entry{} : known->second->entry;
    // A generation that was followed by its id has no client request id here.
    if (!row.generation_id.empty() && entry.generation_id == row.generation_id) continue;
    review.findings.push_back(
        {first ? Kind::missing : Kind::other, row, request, entry, ClipAt::not_known, false});
  }
  for (const Record& record : contents.records) {
    const Entry& entry = record.entry;
    const bool ours = entry.service == service && is_same_account(entry, key) &&
                      !request_key_in(entry.client_request_id).empty();
    const bool in_window = entry.submitted >= since && entry.submitted < now - kAccountLag;
    const bool bought = record.status != Record::Status::failed;
    if (ours && in_window && bought && !listed.contains(entry.client_request_id)) {
      review.unlisted.push_back(entry);
    }
  }
  return review;
}

Outcome look_for_clips(AccountReview& review, ApiClient& client, const std::stop_token& stop) {
  for (AccountFinding& finding : review.findings) {
    if (finding.kind == Kind::failed || finding.row.generation_id.empty()) continue;
    const auto poll = client.query(finding.row.generation_id, stop);
    if (!poll.ok()) return poll.as<Done>();
    finding.clip = clip_of(*poll);
  }
  return Done{};
}

Outcome adopt(AccountReview& review, const Journal& journal, const std::string& service,
              const Secret& key) {
  Outcome first = Done{};  // the first error; an entry that changed meanwhile is no other's matter
  for (AccountFinding& finding : review.findings) {
    if (finding.kind == Kind::other || is_without_id(finding)) continue;
    const auto adopted = finding.kind == Kind::missing
                             ? adopt_missing(finding, journal, entry_of(finding, service, key))
                             : adopt_outcome(finding, journal);
    if (first.ok() && !adopted.ok()) first = adopted;
  }
  for (CostDifference& one : review.costs) {
    const auto changed = change_entry(
        journal, one.entry, [&](Entry& entry) { take_cost(entry, one.account, unix_now()); });
    one.taken = changed.ok();
    if (first.ok() && !changed.ok()) first = changed.as<Done>();
  }
  return first;
}

bool is_not_here(const AccountFinding& finding) {
  const bool adoptable = finding.kind == Kind::missing || finding.kind == Kind::unknown;
  return adoptable && !finding.adopted;
}

bool is_without_id(const AccountFinding& finding) {
  return is_not_here(finding) && finding.row.generation_id.empty();
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::missing:
      return "missing";
    case Kind::unknown:
      return "unknown";
    case Kind::failed:
      return "failed";
    case Kind::other:
      break;
  }
  return "other";
}

const char* name_of(ClipAt clip) {
  switch (clip) {
    case ClipAt::ready:
      return "ready";
    case ClipAt::later:
      return "later";
    case ClipAt::gone:
      return "gone";
    case ClipAt::not_known:
      break;
  }
  return "unknown";
}

}  // namespace klingtext
