// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/recovery.h"

#include <algorithm>
#include <cstdlib>

#include "api/account_log.h"
#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "job/submission.h"

namespace klingtext {
namespace {

using Recovered = std::optional<Entry>;

// Around the submission, by this machine's clock.
constexpr std::int64_t kBefore = 3600;  // seconds
constexpr std::int64_t kAfter = 7200;   // seconds
// More at the last look: a clock can be set to another zone's time.
constexpr std::int64_t kWrongClock = 26LL * 3600;          // seconds
constexpr std::int64_t kLongestWindow = 92LL * 24 * 3600;  // seconds; the service's limit
constexpr Seconds kFirstInterval{5};                       // between looks
constexpr Seconds kFirstInRehearsal{0.25};
constexpr Seconds kLongestInterval{60};
constexpr double kJitter = 0.25;  // of an interval
constexpr std::chrono::seconds kShortestLook{2};
// A new id can be unknown to the service itself for moments.
constexpr unsigned kPollsOfHint = 3;
constexpr Seconds kBetweenPolls{1};

// An envelope without an id may be the answer to any id.
bool knows(const Poll& poll, const std::string& id) {
  if (poll.verdict != Poll::Verdict::answered) return false;
  if (!poll.reply.id.empty()) return poll.reply.id == id;
  return poll.reply.status != ServiceStatus::error && poll.reply.status != ServiceStatus::unknown;
}

// `wider` seconds more on both sides.
AccountFilter filter_of(const Entry& entry, std::int64_t wider) {
  const bool dated = entry.submitted > 0;
  const std::int64_t end = dated ? entry.submitted + kAfter + wider : unix_now() + kBefore;
  const std::int64_t start = dated ? entry.submitted - kBefore - wider : end - kLongestWindow;
  return {AccountFilter::Which::one, entry.client_request_id, start, end};
}

class Recovery {
 public:
  Recovery(RunContext& run, const Entry& lost, unsigned lost_status)
      : run_(run), entry_(lost), lost_status_(lost_status) {}

  Result<Recovered> resolve() {
    auto api = run_.connect();
    if (api.stopped()) return Stopped{};
    if (api.failed())
      return unknown("The account's log cannot be asked (" + api.error().message + ").");
    api_ = *api;
    for (unsigned look = 1;; ++look) {
      auto found = look_up(look);
      if (!found.ok() || *found) return found;
      if (auto waited = wait(look); !waited.ok()) return waited.as<Recovered>();
      const auto now = run_.journal.find(entry_.key);
      if (!now.ok()) return now.as<Recovered>();
      if (!*now) return forgotten_entry(entry_.client_request_id);
      const bool same =
          (*now)->client_request_id == entry_.client_request_id && (*now)->state == entry_.state;
      if (!same) return Recovered();
    }
  }

 private:
  // Nothing: the log does not list it yet.
  Result<Recovered> look_up(unsigned look) {
    if (look == 1) {
      auto hinted = follow_hint(kPollsOfHint);
      if (!hinted.ok() || *hinted) return hinted;
    }
    auto found = look_in_log();
    if (!found.ok() || *found || look == 1) return found;
    return follow_hint(1);
  }

  // A look ends with the user's patience; the shortest one has a little time all the same.
  ApiClient::Deadline end_of_look() const {
    const auto least = std::chrono::steady_clock::now() + kShortestLook;
    return std::max<ApiClient::Deadline>(run_.job.deadline(), least);
  }

  Result<Recovered> look_in_log() {
    if (entry_.client_request_id.empty()) {
      return unknown("It has no client request id to look for.");
    }
    AccountLimits limits;
    auto answer = read_log(0, limits);
    if (!answer.ok()) return Stopped{};
    if (is_absent(*answer) && !is_young() && limits.calls > 0) {
      const auto wider = read_log(kWrongClock, limits);
      if (!wider.ok()) return Stopped{};
      if (!wider->rows.empty()) answer = wider;
    }
    return judge(*answer);
  }

  static bool is_absent(const AccountAnswer& answer) {
    return answer.kind == AccountAnswer::Kind::whole && answer.rows.empty();
  }

  // Takes what it used off the limits.
  Result<AccountAnswer> read_log(std::int64_t wider, AccountLimits& limits) {
    const auto get = [this](const std::string& path, Seconds within, const std::stop_token& stop) {
      return api_->get(path, within, stop);
    };
    const auto begun = std::chrono::steady_clock::now();
    limits.time = std::min<Seconds>(limits.time, end_of_look() - begun);
    const auto answer = read_account_log(get, filter_of(entry_, wider), limits, run_.stop);
    limits.time -= std::chrono::steady_clock::now() - begun;
    if (answer.ok()) limits.calls -= answer->calls;
    return answer;
  }

  // Nothing: the log may list it later.
  Result<Recovered> judge(const AccountAnswer& answer) {
    retry_after_ = answer.retry_after;
    looked_ = utc_text(unix_now(), "%F %T UTC");
    said_ = "The account's log, read at " + looked_ + ", does not list it yet";
    advice_ = ". Rows can be late: run this again to look again.";
    const AccountRow* failed = nullptr;
    bool is_without_id = false;  // accepted
    for (const AccountRow& row : answer.rows) {
      if (row.status == AccountRow::Status::failed) {
        failed = &row;
      } else if (row.generation_id.empty()) {
        is_without_id = true;
      } else {
        log(LogLevel::info, "the account's log lists %s as generation %s",
            entry_.client_request_id.c_str(), row.generation_id.c_str());
        return record(row);
      }
    }
    if (is_without_id) return without_id();
    if (answer.kind != AccountAnswer::Kind::whole) return not_whole(answer);
    return failed != nullptr ? note_failed(*failed) : missing();
  }

  Result<Recovered> not_whole(const AccountAnswer& answer) {
    if (answer.kind == AccountAnswer::Kind::cut) {
      return unknown("The account's log lists more requests around that time than are read.");
    }
    said_ = "The account's log cannot be asked (" + answer.why + ")";
    advice_ = ".";
    const bool busy = answer.kind == AccountAnswer::Kind::busy;
    if (busy && is_young() && entry_.state != EntryState::error) return Recovered();
    return unknown(said_ + advice_);
  }

  Result<Recovered> missing() const {
    if (entry_.state == EntryState::error) return billed_nothing();
    if (!is_same_account(entry_, api_->service().key)) {
      return unknown(
          "It was submitted with another API key, whose log this key does not show: run this with "
          "that key.");
    }
    if (is_young()) return Recovered();
    return unknown("The account's log, read at " + looked_ +
                   ", does not list it within a day of the submission.");
  }

  Result<Recovered> without_id() {
    said_ = "The account's log, read at " + looked_ + ", lists it without a generation id";
    if (is_young()) return Recovered();
    const std::string& id = entry_.client_request_id;
    return Error{.kind = ErrorKind::cannot_submit,
                 .message = "The account's log, read at " + looked_ +
                            ", lists this request as accepted, without a generation id: do not "
                            "submit it again. Ask the service's support for client request id " +
                            id + ", and set generation-id to its id.",
                 .http_status = lost_status_,
                 .client_request_id = id};
  }

  // Rows of the log may still be on their way.
  bool is_young() const {
    return entry_.submitted > 0 && std::abs(unix_now() - entry_.submitted) < kAccountLag;
  }

  // The id in the head of the lost answer, if the service knows it.
  Result<Recovered> follow_hint(unsigned most) {
    if (entry_.inference_id.empty()) return Recovered();
    for (unsigned polls = 1;; ++polls) {
      const auto poll = api_->query(entry_.inference_id, run_.stop, end_of_look());
      if (!poll.ok()) return Stopped{};
      if (knows(*poll, entry_.inference_id)) {
        log(LogLevel::info, "the service knows generation %s, named in the head of its answer",
            entry_.inference_id.c_str());
        AccountRow row;
        row.generation_id = entry_.inference_id;
        row.cost = poll->reply.cost;
        return record(row);
      }
      if (poll->verdict != Poll::Verdict::refused || polls == most) return Recovered();
      const auto in_time = run_.sleep_until_deadline(kBetweenPolls);
      if (!in_time.ok()) return Stopped{};
      if (!*in_time) return Recovered();
    }
  }

  Result<Recovered> record(const AccountRow& row) const {
    return settled(change_entry(run_.journal, entry_,
                                [&](Entry& entry) { take_row(entry, row, unix_now()); }));
  }

  // Another process may have settled the entry meanwhile.
  Result<Recovered> settled(Result<Entry> changed) const {
    if (changed.ok()) {
      run_.job.announce([](JobReport& report) { report.retry.reset(); });
      // A resubmission that took the right meanwhile goes on: its clip is the request's.
      const auto current = run_.journal.find(entry_.key);
      const bool given_up =
          current.ok() && *current && (*current)->client_request_id != changed->client_request_id;
      return given_up ? Recovered() : Recovered(std::move(*changed));
    }
    const auto now = run_.journal.find(entry_.key);
    if (now.ok() && *now && (*now)->state != entry_.state) return Recovered(**now);
    return changed.as<Recovered>();
  }

  Result<Recovered> note_failed(const AccountRow& row) {
    if (entry_.state == EntryState::error) return billed_nothing();
    auto recorded = record(row);
    if (!recorded.ok() || !*recorded) return recorded;
    if ((*recorded)->state != EntryState::error) return recorded;  // another process found more
    entry_ = std::move(**recorded);
    return billed_nothing();
  }

  Outcome wait(unsigned look) const {
    const bool fixed = run_.spec().poll_interval > Seconds(0);
    const Seconds first = fixed                                 ? run_.spec().poll_interval
                          : run_.spec().pace == Pace::rehearsal ? kFirstInRehearsal
                                                                : kFirstInterval;
    Seconds interval = first;
    for (unsigned i = 1; i < look && interval < kLongestInterval; ++i) interval *= 2;
    interval = std::min(interval, kLongestInterval);
    if (!fixed) interval *= random_between(1 - kJitter, 1);
    interval = std::max(interval, retry_after_.value_or(Seconds(0)));
    run_.job.announce([&](JobReport& report) {
      report.status = JobStatus::submitting;
      report.client_request_id = entry_.client_request_id;
      report.retry = {said_, look,
                      std::chrono::steady_clock::now() +
                          std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval),
                      JobReport::Retry::Of::look_up};
    });
    const auto in_time = run_.sleep_until_deadline(interval);
    if (!in_time.ok()) return in_time.as<Done>();
    if (*in_time) return Done{};
    return unknown(said_ + advice_);
  }

  Error unknown(const std::string& found) const {
    if (entry_.state == EntryState::error) return billed_nothing();  // the log said so before
    Error error = unknown_outcome(entry_, found);
    error.http_status = lost_status_;
    return error;
  }

  Error billed_nothing() const {
    const std::string& id = entry_.client_request_id;
    return Error{.kind = ErrorKind::cannot_submit,
                 .message =
                     "The submission of this request failed and the service billed nothing "
                     "for it. (" +
                     entry_.error.message + ") Set resubmit=" + id +
                     " to submit it once more, or set another take.",
                 .http_status = lost_status_,
                 .client_request_id = id};
  }

  RunContext& run_;
  Entry entry_;
  const unsigned lost_status_;
  ApiClient* api_ = nullptr;
  std::string looked_;  // when the log was read
  std::string said_;    // what came of that; and what to do, where nothing more does
  std::string advice_;
  std::optional<Seconds> retry_after_;
};

}  // namespace

Result<std::optional<Entry>> recover_outcome(RunContext& run, const Entry& lost,
                                             unsigned lost_status) {
  return Recovery(run, lost, lost_status).resolve();
}

Error forgotten_entry(const std::string& client_request_id) {
  return Error{.kind = ErrorKind::cannot_submit,
               .message =
                   "The journal's entry was removed while the submission was looked up in the "
                   "account's log. Nothing more was submitted. Run this again to submit it.",
               .client_request_id = client_request_id};
}

}  // namespace klingtext
