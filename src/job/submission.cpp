// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/submission.h"

#include "base/log.h"
#include "base/random.h"
#include "job/exit_grace.h"

namespace klingtext {
namespace {

// The intent is small, the clip is not: it would be a pity to pay for one and have no place.
constexpr std::uint64_t kRoomForClip = 32 << 20;  // bytes

std::int64_t unix_now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

std::string time_text(std::int64_t unix_seconds) {
  const GDateTimePtr time(g_date_time_new_from_unix_utc(unix_seconds));
  const GCharPtr text(g_date_time_format(time.get(), "%F %R UTC"));
  return text.get();
}

Entry intent_of(RunContext& run, const std::optional<Entry>& replaced, const Secret& key) {
  const JobSpec& spec = run.spec();
  Entry entry;
  entry.key = run.job.request_key();
  entry.service = spec.service_name;
  entry.request = request_body(spec.request);
  entry.take = spec.request.take;
  entry.seconds = seconds_of_video(spec.request);
  entry.client_request_id = "klingtext-" + random_hex(16);
  entry.submitted = unix_now();
  if (spec.pace == Pace::service) mark_account(entry, key);
  if (replaced) {
    const bool may_be_billed = replaced->state != EntryState::error;
    entry.given_up = replaced->given_up;
    entry.given_up.push_back(
        {replaced->client_request_id, replaced->submitted, may_be_billed ? replaced->seconds : 0});
  }
  return entry;
}

// Held while the cap is checked and the intent that counts against it is written, so that two
// processes can not both see the last free seconds.
Result<std::optional<StoreLock>> claim_spending(RunContext& run) {
  if (run.spec().max_daily_seconds == 0) return std::optional<StoreLock>();
  while (true) {
    auto lock = run.store->try_lock("spending.lock");
    if (!lock.ok() || *lock) return lock;
    if (run.sleep(Seconds(0.02)) == Waited::stopped) return Stopped{};
  }
}

Outcome check_cap(RunContext& run, const Entry& intent) {
  const unsigned cap = run.spec().max_daily_seconds;
  if (cap == 0 || intent.service == "rehearsal") return Done{};
  const Spending spent = spent_today(run.journal.all(), unix_now());
  if (spent.seconds + intent.seconds <= cap) return Done{};
  return Error{
      .kind = ErrorKind::settings,
      .message = "This would buy " + std::to_string(intent.seconds) + " s of video, and " +
                 std::to_string(spent.seconds) + " s of the " + std::to_string(cap) +
                 " s allowed per day are spent. Nothing was submitted. The next day "
                 "begins at " +
                 time_text(spent.day_ends) +
                 "; set max-daily-seconds (or KLINGTEXT_MAX_DAILY_SECONDS) to allow more."};
}

Outcome check_room(RunContext& run) {
  if (run.store->free_space() >= kRoomForClip) return Done{};
  return Error{.kind = ErrorKind::no_space,
               .message = "The store " + run.store->path() +
                          " has less than 32 MiB free, too little for a clip. Nothing was "
                          "submitted. Free some space, or set store-dir to a larger disk."};
}

Outcome write_intent(RunContext& run, const Entry& intent, bool replaces) {
  const auto spending = claim_spending(run);
  if (!spending.ok()) return spending.as<Done>();
  if (auto within = check_cap(run, intent); !within.ok()) return within;
  return replaces ? run.journal.replace(intent) : run.journal.create(intent);
}

// The service did not take it: as if it had never been.
void close_intent(RunContext& run, const Entry& intent, const std::optional<Entry>& replaced) {
  if (replaced) {
    (void)run.journal.replace(*replaced);
  } else {
    run.journal.forget(intent.key);
  }
}

Result<Entry> note_accepted(RunContext& run, Entry entry, const GenerationReply& reply) {
  entry.state = EntryState::accepted;
  entry.generation_id = reply.id;
  entry.cost = reply.cost;
  const Outcome noted = run.journal.replace(entry);
  if (noted.failed()) {
    Error error = noted.error();
    error.message = "The service accepted generation " + reply.id +
                    ", but the journal could not "
                    "note it. " +
                    error.message + " Then set generation-id=" + reply.id + ".";
    error.generation_id = reply.id;
    error.client_request_id = entry.client_request_id;
    return error;
  }
  log(LogLevel::info, "accepted as %s", reply.id.c_str());
  return entry;
}

// One attempt that no stop can interrupt between leaving and being noted.
class Uninterrupted {
 public:
  explicit Uninterrupted(Job& job) : job_(job), entered_(job.enter_submission()) {}
  ~Uninterrupted() {
    if (entered_) job_.leave_submission();
  }
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;
  bool entered() const { return entered_; }

 private:
  Job& job_;
  bool entered_;
  SubmissionInFlight in_flight_;
};

struct Attempt {
  Submission::Verdict verdict = Submission::Verdict::unknown;
  Result<Entry> result;
  std::optional<Seconds> retry_after;
};

Attempt attempt(RunContext& run, Entry& intent, const std::optional<Entry>& replaced) {
  const Uninterrupted uninterrupted(run.job);
  if (!uninterrupted.entered()) {
    close_intent(run, intent, replaced);
    return {Submission::Verdict::refused, Stopped{}, std::nullopt};
  }
  run.job.announce([&](JobReport& report) {
    ++report.submissions;
    report.status = JobStatus::submitting;
    report.client_request_id = intent.client_request_id;
    report.submitted = intent.submitted;
  });
  log(LogLevel::info, "submitting %s as client request %s", intent.key.c_str(),
      intent.client_request_id.c_str());
  const Submission answer = run.api->submit(intent.request, intent.client_request_id);
  using Verdict = Submission::Verdict;
  if (answer.verdict == Verdict::accepted) {
    run.first_poll = answer.retry_after;
    return {answer.verdict, note_accepted(run, intent, answer.reply), answer.retry_after};
  }
  Error error = answer.error;
  error.client_request_id = intent.client_request_id;
  log(LogLevel::debug, "submission: %s", error.message.c_str());
  if (answer.verdict == Verdict::unknown) {
    intent.state = EntryState::unknown;
    intent.error = {error.api_error_name, error.message};
    (void)run.journal.replace(intent);
    const unsigned status = error.http_status;
    error = unknown_outcome(intent);
    error.http_status = status;
  } else if (answer.verdict == Verdict::refused) {
    close_intent(run, intent, replaced);
    error.message += " Nothing was submitted.";
  }
  return {answer.verdict, error, answer.retry_after};
}

}  // namespace

Error unknown_outcome(const Entry& entry) {
  std::string why = entry.error.message.empty() ? "The program ended while it was being submitted."
                                                : entry.error.message;
  const std::string& id = entry.client_request_id;
  return Error{.kind = ErrorKind::cannot_submit,
               .message =
                   "Nobody knows whether the service took this request: it may exist and be "
                   "billed, so it is not sent again. (" +
                   why +
                   ") Look for client request "
                   "id " +
                   id +
                   " in the account's log; if it is there, set generation-id to "
                   "its id; if not, set resubmit=" +
                   id +
                   " to give it up and submit once "
                   "more; or set another take.",
               .client_request_id = id};
}

Result<Entry> submit(RunContext& run, const std::optional<Entry>& replaced,
                     [[maybe_unused]] StoreLock claim) {
  auto api = run.connect();
  if (!api.ok()) return api.as<Entry>();
  if (auto room = check_room(run); !room.ok()) return room.as<Entry>();
  Entry intent = intent_of(run, replaced, (*api)->service().key);
  if (auto noted = write_intent(run, intent, replaced.has_value()); !noted.ok()) {
    return noted.as<Entry>();
  }
  for (unsigned failures = 1;; ++failures) {
    Attempt tried = attempt(run, intent, replaced);
    if (tried.verdict != Submission::Verdict::try_again) return tried.result;
    if (failures >= kSubmissionAttempts) {
      close_intent(run, intent, replaced);
      Error error = tried.result.error();
      error.message += " Nothing was submitted.";
      return error;
    }
    run.job.announce([](JobReport& report) { ++report.retries; });
    const Seconds delay = submission_retry_delay(failures, tried.retry_after, random_between(0, 1));
    log(LogLevel::debug, "not taken; submitting again in %.1f s", delay.count());
    if (run.sleep(delay) == Waited::stopped) {
      close_intent(run, intent, replaced);
      return Stopped{};
    }
  }
}

}  // namespace klingtext
