// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/attempt.h"

#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "job/submission.h"

namespace klingtext {
namespace {

// An accepted id that cannot be written is tried again for this long.
constexpr std::chrono::seconds kKeepTrying{120};
constexpr std::chrono::seconds kBetweenTries{1};
// So is everything else that ends an attempt.
constexpr std::chrono::seconds kTryBriefly{10};

// Another process waits while the journal has an attempt in progress.
template <typename Once>
auto keep_trying(std::chrono::seconds time, Once once) {
  const auto give_up = std::chrono::steady_clock::now() + time;
  auto result = once();
  while (result.failed() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(kBetweenTries);
    result = once();
  }
  return result;
}

}  // namespace

Entry intent_of(RunContext& run) {
  const JobSpec& spec = run.spec();
  Entry entry;
  entry.key = run.job.request_key();
  entry.service = spec.service_name;
  entry.request = request_body(spec.request);
  entry.take = spec.request.take;
  entry.seconds = seconds_of_video(spec.request);
  entry.client_request_id = "klingtext:" + entry.key + ':' + random_hex(8);
  entry.submitted = unix_now();
  if (spec.pace == Pace::service) mark_account(entry, run.api->service().key);
  return entry;
}

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
  const auto withdrawn = keep_trying(kTryBriefly, [&] { return purchase_->withdraw(); });
  if (withdrawn.failed()) run_.job.warn(withdrawn.error().message);
  purchase_.reset();
}

Result<Entry> Attempt::note_accepted(const GenerationReply& reply) {
  auto noted = purchase_->accept(reply);
  if (noted.failed()) {
    run_.job.warn("The service accepted generation " + reply.id +
                  ", and it cannot be recorded yet. " + noted.error().message);
    noted = keep_trying(kKeepTrying, [&] { return purchase_->accept(reply); });
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

Error Attempt::note_unknown(Error error) {
  const ServiceError why{error.api_error_name, error.message};
  auto noted = purchase_->lose(why);
  if (noted.failed()) {
    run_.job.warn(noted.error().message);
    noted = keep_trying(kTryBriefly, [&] { return purchase_->lose(why); });
  }
  Entry entry = noted.ok() ? *noted : purchase_->entry();
  entry.error = why;
  const unsigned status = error.http_status;
  error = unknown_outcome(entry);
  error.http_status = status;
  return error;
}

// An exception on the way to the answer's record leaves the outcome unknown.
Attempt::~Attempt() {
  try {
    if (purchase_ && client_request_id_.empty()) {
      withdraw();
    } else if (purchase_) {
      note_unknown({.message = "The program failed while it was being submitted."});
    }
  } catch (const std::exception& exception) {
    log(LogLevel::warning, "a submission cannot be recorded: %s", exception.what());
  }
  if (entered_) run_.job.leave_submission();
}

Result<std::optional<Entry>> Attempt::settle(const Submission& answer) {
  if (!purchase_) return std::optional<Entry>();  // the connection failed before
  using Verdict = Submission::Verdict;
  switch (answer.verdict) {
    case Verdict::accepted: {
      auto noted = note_accepted(answer.reply);
      purchase_.reset();
      if (!noted.ok()) return noted.as<std::optional<Entry>>();
      return std::optional(std::move(*noted));
    }
    case Verdict::unknown: {
      Error error = note_unknown(answer.error);
      purchase_.reset();
      return error;
    }
    case Verdict::refused:
    case Verdict::try_again:
      break;
  }
  withdraw();
  return std::optional<Entry>();
}

}  // namespace klingtext
