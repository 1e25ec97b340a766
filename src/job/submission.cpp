// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/submission.h"

#include <algorithm>
#include <thread>

#include "api/account_log.h"
#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "job/exit_wait.h"
#include "store/purchase.h"

namespace klingtext {
namespace {

// The intent is small, the clip is not: without room for it nothing is bought.
constexpr std::uint64_t kRoomForClip = 32 << 20;  // bytes
// An accepted id that cannot be written is tried again for this long.
constexpr std::chrono::seconds kKeepTrying{120};
constexpr std::chrono::seconds kBetweenTries{1};
// So is the removal of an intent that was not sent, or was refused.
constexpr std::chrono::seconds kWithdrawTime{10};

using Verdict = Submission::Verdict;

Entry intent_of(RunContext& run) {
  const JobSpec& spec = run.spec();
  Entry entry;
  entry.key = run.job.request_key();
  entry.service = spec.service_name;
  entry.request = request_body(spec.request);
  entry.take = spec.request.take;
  entry.seconds = seconds_of_video(spec.request);
  entry.client_request_id = make_client_request_id(entry.key);
  entry.submitted = unix_now();
  if (spec.pace == Pace::service) mark_account(entry, run.api->service().key);
  return entry;
}

Outcome check_room(RunContext& run) {
  if (run.store->free_space() >= kRoomForClip) return Done{};
  return Error{.kind = ErrorKind::no_space,
               .message = "The store " + run.store->path() +
                          " has less than 32 MiB free, too little for a clip. Nothing was "
                          "submitted. Free some space, or set store-dir to a larger disk."};
}

// One attempt: at most one POST.
class Attempt {
 public:
  Attempt(RunContext& run, const std::optional<Entry>& given_up) : run_(run), given_up_(given_up) {}
  ~Attempt() {
    if (entered_) run_.job.leave_submission();
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // The client request id of what may be sent now. Called when the connection is there; when it
  // returns an id, the submission counts as sent.
  std::optional<std::string> prepare();
  // Why prepare() returned nothing. Done: nothing was in the way but the end of the process.
  const Outcome& prepared() const { return prepared_; }
  bool lost_the_right() const { return lost_the_right_; }
  // Empty when nothing was sent.
  const std::string& client_request_id() const { return client_request_id_; }

  // The answer of the service, in the journal. Nothing: as if nothing had been sent.
  Result<std::optional<Entry>> settle(const Submission& answer);

 private:
  Outcome reserve();
  Result<Entry> note_accepted(const GenerationReply& reply);
  Entry note_unknown(const Submission& answer);
  void withdraw();

  RunContext& run_;
  const std::optional<Entry>& given_up_;
  std::optional<SubmissionScope> scope_;
  std::optional<Purchase> purchase_;
  Outcome prepared_ = Done{};
  std::string client_request_id_;
  bool lost_the_right_ = false;
  bool entered_ = false;
};

Outcome Attempt::reserve() {
  purchase_.emplace(run_.journal, intent_of(run_), given_up_, run_.spec().max_daily_seconds);
  auto reserved = purchase_->reserve();
  lost_the_right_ = reserved.stopped();
  if (!reserved.ok()) {
    purchase_.reset();
    return reserved;
  }
  auto started = purchase_->start_sending();
  if (!started.ok()) {
    withdraw();
    return started;
  }
  // Last, because the disk can be slow: what was stopped or is late by now is not sent.
  if (std::chrono::steady_clock::now() >= run_.job.deadline()) {
    withdraw();
    return not_submitted_in_time(run_, "the store was slow");
  }
  entered_ = run_.job.enter_submission();
  if (entered_ && scope_->start_sending()) return Done{};
  withdraw();
  return Stopped{};
}

std::optional<std::string> Attempt::prepare() {
  if (auto scope = SubmissionScope::enter()) scope_.emplace(std::move(*scope));
  try {  // no exception crosses libsoup
    prepared_ = scope_ ? reserve() : Outcome(Stopped{});
  } catch (const std::exception& exception) {
    prepared_ = Error{.kind = ErrorKind::cannot_submit,
                      .message = std::string("The request cannot be prepared (") +
                                 exception.what() + "). Nothing was sent. Run this again."};
    withdraw();
  }
  if (!prepared_.ok()) return std::nullopt;
  const Entry& intent = purchase_->entry();
  client_request_id_ = intent.client_request_id;
  run_.job.announce([&](JobReport& report) {
    ++report.submissions;
    report.status = JobStatus::submitting;
    report.client_request_id = intent.client_request_id;
    report.submitted = intent.submitted;
    report.retry.reset();
  });
  log(LogLevel::info, "submitting %s as client request %s", intent.key.c_str(),
      intent.client_request_id.c_str());
  return intent.client_request_id;
}

void Attempt::withdraw() {
  if (!purchase_) return;
  const auto give_up = std::chrono::steady_clock::now() + kWithdrawTime;
  auto withdrawn = purchase_->withdraw();
  while (withdrawn.failed() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(kBetweenTries);
    withdrawn = purchase_->withdraw();
  }
  if (withdrawn.failed()) run_.job.warn(withdrawn.error().message);
  purchase_.reset();
}

Result<Entry> Attempt::note_accepted(const GenerationReply& reply) {
  const auto give_up = std::chrono::steady_clock::now() + kKeepTrying;
  auto noted = purchase_->accept(reply);
  if (noted.failed()) {
    run_.job.warn("The service accepted generation " + reply.id +
                  ", and it cannot be recorded yet. " + noted.error().message);
  }
  while (noted.failed() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(kBetweenTries);
    noted = purchase_->accept(reply);
  }
  if (noted.ok()) {
    log(LogLevel::info, "accepted as %s", reply.id.c_str());
    return noted;
  }
  Error error = noted.error();
  error.message = "The service accepted generation " + reply.id +
                  ", but it cannot be recorded in the journal. " + error.message +
                  " Then set generation-id=" + reply.id + ".";
  error.generation_id = reply.id;
  error.client_request_id = purchase_->entry().client_request_id;
  return error;
}

Entry Attempt::note_unknown(const Submission& answer) {
  const ServiceError why{answer.error.api_error_name, answer.error.message};
  const auto noted = purchase_->lose(why, answer.inference_id);
  if (noted.failed()) log(LogLevel::warning, "%s", noted.error().message.c_str());
  Entry entry = noted.ok() ? *noted : purchase_->entry();
  entry.error = why;
  entry.inference_id = answer.inference_id;
  run_.lost_status = answer.error.http_status;
  return entry;
}

Result<std::optional<Entry>> Attempt::settle(const Submission& answer) {
  if (!purchase_) return std::optional<Entry>();  // the connection failed before
  switch (answer.verdict) {
    case Verdict::accepted: {
      auto noted = note_accepted(answer.reply);
      if (!noted.ok()) return noted.as<std::optional<Entry>>();
      return std::optional(std::move(*noted));
    }
    case Verdict::unknown:
      return std::optional(note_unknown(answer));
    case Verdict::refused:
    case Verdict::try_again:
      break;
  }
  withdraw();
  return std::optional<Entry>();
}

Error nothing_submitted(Error error) {
  error.message += " Nothing was submitted.";
  return error;
}

enum class Next { entry, lost_the_right, again };
struct Tried {
  Next next = Next::again;
  std::optional<Entry> entry;
  Error error;  // why it is tried again
  std::optional<Seconds> retry_after;
};

Result<Tried> try_once(RunContext& run, const std::optional<Entry>& given_up) {
  auto slot = run.api->wait_for_slot(run.job.deadline(), run.stop);
  if (!slot.ok()) return slot.as<Tried>();
  if (!*slot) return not_submitted_in_time(run, "other submissions were being sent");
  Attempt attempt(run, given_up);
  auto answer = run.api->submit(
      request_body(run.spec().request), [&] { return attempt.prepare(); }, run.job.deadline(),
      run.stop);
  if (attempt.lost_the_right()) return Tried{.next = Next::lost_the_right};
  if (attempt.prepared().failed()) return attempt.prepared().error();
  if (answer.stopped()) return Stopped{};
  answer->error.client_request_id = attempt.client_request_id();
  log(LogLevel::debug, "submission: %s", answer->error.message.c_str());
  auto settled = attempt.settle(*answer);
  if (!settled.ok()) return settled.as<Tried>();
  if (*settled) {
    run.first_poll = answer->retry_after;
    return Tried{.next = Next::entry, .entry = std::move(**settled)};
  }
  if (answer->verdict == Verdict::refused) return nothing_submitted(answer->error);
  return Tried{.error = answer->error, .retry_after = answer->retry_after};
}

}  // namespace

Error unknown_outcome(const Entry& entry, const std::string& found) {
  const std::string why = entry.error.message.empty()
                              ? "The program ended while it was being submitted."
                              : entry.error.message;
  const std::string& id = entry.client_request_id;
  return Error{.kind = ErrorKind::cannot_submit,
               .message =
                   "Whether the service accepted this request is unknown: it may exist and be "
                   "billed, so it is not sent again. (" +
                   why + ") " + found + " Look for client request id " + id +
                   " in the account's log; if it is there, set generation-id to its id; if "
                   "not, set resubmit=" +
                   id + " to give it up and submit once more; or set another take.",
               .client_request_id = id};
}

Error not_submitted_in_time(const RunContext& run, const std::string& why) {
  const auto seconds = static_cast<long>(run.spec().generation_timeout.count());
  return Error{.kind = ErrorKind::cannot_submit,
               .message = "The request was not submitted within " + std::to_string(seconds) +
                          " s, because " + why +
                          ". Nothing was bought by this run. Run it again later, or raise "
                          "generation-timeout."};
}

Result<std::optional<Entry>> submit(RunContext& run, const std::optional<Entry>& given_up,
                                    [[maybe_unused]] const StoreLock& lock) {
  using Submitted = std::optional<Entry>;
  if (auto api = run.connect(); !api.ok()) return api.as<Submitted>();
  if (auto room = check_room(run); !room.ok()) return room.as<Submitted>();
  const Purchase wanted(run.journal, intent_of(run), given_up, run.spec().max_daily_seconds);
  if (auto fits = wanted.check_cap(); !fits.ok()) return fits.as<Submitted>();
  for (unsigned failures = 1;; ++failures) {
    auto tried = try_once(run, given_up);
    if (!tried.ok()) return tried.as<Submitted>();
    if (tried->next != Next::again) return std::move(tried->entry);
    if (failures >= kSubmissionAttempts) return nothing_submitted(tried->error);
    const Seconds delay =
        submission_retry_delay(failures, tried->retry_after, random_between(0, 1));
    log(LogLevel::debug, "not taken; submitting again in %.1f s", delay.count());
    run.job.announce([&](JobReport& report) {
      ++report.retries;
      report.status = JobStatus::submitting;
      report.retry = retry_of(tried->error, failures, delay);
    });
    const auto in_time = run.sleep_until_deadline(delay);
    if (!in_time.ok()) return in_time.as<Submitted>();
    if (!*in_time) {
      Error error = nothing_submitted(tried->error);
      return error;
    }
  }
}

}  // namespace klingtext
