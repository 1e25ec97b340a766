// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/completion.h"

#include <algorithm>

#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "store/history.h"

namespace klingtext {
namespace {

using Clock = Completion::Clock;

// "completed" can precede the file, and a new id the service's own knowledge of it, by moments.
constexpr unsigned kWithoutUrl = 5;
constexpr unsigned kUnknownIds = 4;
constexpr Seconds kShortestStep{0.25};  // whatever the service says
constexpr Seconds kBetweenNews{1};      // to users, while nothing but time passes
constexpr std::int64_t kYoung = 60;     // seconds after the submission

JobStatus status_of(ServiceStatus status, JobStatus before) {
  switch (status) {
    case ServiceStatus::queued:
      return JobStatus::queued;
    case ServiceStatus::generating:
      return JobStatus::generating;
    case ServiceStatus::completed:
      return JobStatus::completed;
    case ServiceStatus::error:
      return JobStatus::failed;
    case ServiceStatus::unknown:
      break;
  }
  return before;
}

std::string unknown_status(const std::string& word) {
  if (word.empty()) return "The service gives no status of the generation; still waiting for it.";
  return "The service calls the generation's status \"" + word +
         "\", which is not documented; still waiting for it.";
}

}  // namespace

Completion::Completion(RunContext& run, Entry& entry)
    : run_(run),
      entry_(entry),
      schedule_(plan_polls(run.spec().pace, remembered_numbers(*run.store, history_kind(entry)),
                           run.spec().poll_interval)),
      refusals_(run.spec().refusal_span) {
  run_.job.update([&](JobReport& report) { report.estimate = schedule_.estimate; });
}

void Completion::plan_first_poll(Origin origin) {
  const bool fixed = run_.spec().poll_interval > Seconds(0);
  const Seconds planned =
      fixed ? schedule_.step : run_.first_poll.value_or(schedule_.next(Seconds(0), 0));
  ask_again_in(origin == Origin::submitted ? planned : Seconds(0));
  next_poll_ = std::min(next_poll_, run_.job.deadline());
}

std::optional<Completion::Clock::time_point> Completion::judge(const Poll& poll) {
  ++polls_;
  next_poll_ = {};
  must_record_ = false;
  answer_.reset();
  judge_verdict(poll);
  const auto deadline = run_.job.deadline();
  if (!must_record_ && Clock::now() >= deadline) end(timeout());
  // Asked once more at the deadline, which can grow until then.
  next_poll_ = std::min(next_poll_, deadline);
  return must_record_ ? std::nullopt : std::optional(next_poll_);
}

void Completion::judge_verdict(const Poll& poll) {
  switch (poll.verdict) {
    case Poll::Verdict::answered:
      failures_ = 0;
      refusals_.end();
      return judge_reply(poll);
    case Poll::Verdict::refused:
      return judge_refusal(poll.error);
    case Poll::Verdict::try_again:
      return judge_failure(poll);
  }
}

void Completion::judge_reply(const Poll& poll) {
  answer_ = poll.reply;
  must_record_ = run_.adopting;
  note_words(poll.reply);
  if (poll.reply.status == ServiceStatus::error) {
    must_record_ = true;
    return;
  }
  if (poll.reply.status == ServiceStatus::completed) return judge_completion();
  announce(status_of(poll.reply.status, run_.job.report().status));
  const Seconds age(static_cast<double>(std::max<std::int64_t>(0, unix_now() - entry_.submitted)));
  const Seconds planned =
      schedule_.next(entry_.submitted > 0 ? age : schedule_.quiet, random_between(0, 1));
  const bool fixed = run_.spec().poll_interval > Seconds(0);
  ask_again_in(fixed ? planned : std::max(poll.retry_after.value_or(planned), kShortestStep));
}

void Completion::note_words(const GenerationReply& reply) {
  note_cost(reply.cost);
  if (said_ != reply.status_text) {
    said_ = reply.status_text;
    log(LogLevel::info, "generation %s: %s", entry_.generation_id.c_str(), said_.c_str());
  }
  if (reply.status == ServiceStatus::unknown && warned_of_ != reply.status_text) {
    warned_of_ = reply.status_text;
    run_.job.warn(unknown_status(reply.status_text));
  }
}

void Completion::note_cost(const Cost& cost) {
  if (cost.credits_used) entry_.cost.credits_used = cost.credits_used;
  if (cost.usd_spent) entry_.cost.usd_spent = cost.usd_spent;
}

void Completion::judge_completion() {
  const GenerationReply& reply = *answer_;
  if (!reply.clip_url.empty()) {
    must_record_ = true;
    return;
  }
  if (++without_url_ < kWithoutUrl) return ask_again_in(Seconds(without_url_));
  const std::string words = words_of(reply.error);
  end(Error{.kind = ErrorKind::cannot_read,
            .message = "The service says generation " + entry_.generation_id +
                       " is completed but does not say where the video is" +
                       (words.empty() ? "" : " (\"" + words + "\")") +
                       ". Run this again later; nothing is paid twice.",
            .api_error_name = reply.error.name,
            .api_error_message = reply.error.message});
}

void Completion::judge_failure(const Poll& poll) {
  ++failures_;
  log(LogLevel::debug, "poll %u: %s", polls_, poll.error.message.c_str());
  if (failures_ < kPollFailures) {
    const Seconds delay = poll_retry_delay(failures_, poll.retry_after, random_between(0, 1));
    announce_retry(poll.error, delay);
    return ask_again_in(delay);
  }
  Error error = poll.error;
  if (error.kind != ErrorKind::busy) error.kind = ErrorKind::cannot_read;
  error.message += " Ten questions in a row went wrong; generation " + entry_.generation_id +
                   " is not lost: run this again to follow it without paying again.";
  end(std::move(error));
}

void Completion::judge_refusal(Error error) {
  const bool young = entry_.submitted > 0 && unix_now() - entry_.submitted < kYoung;
  if (error.kind == ErrorKind::not_found && young && ++unknown_ids_ < kUnknownIds) {
    return ask_again_in(Seconds(unknown_ids_));
  }
  const bool same_account = is_same_account(entry_, run_.api->service().key);
  refusals_.add(Clock::now());
  if (!(error.http_status == 404 && same_account) && !refusals_.is_final()) {
    log(LogLevel::info, "poll %u: %s", polls_, error.message.c_str());
    announce_retry(error, std::nullopt);
    return ask_again_in(refusals_.pause(random_between(0, 1)));
  }
  const bool hidden = error.kind == ErrorKind::not_found || error.kind == ErrorKind::unauthorized;
  if (hidden && !same_account) {
    error.kind = ErrorKind::unauthorized;
    error.message = "Generation " + entry_.generation_id +
                    " was submitted with another API key, and the service does not show it to "
                    "this one. Use that account's key. (" +
                    error.message + ")";
  }
  end(std::move(error));
}

void Completion::ask_again_in(Seconds pause) {
  next_poll_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(pause);
  log(LogLevel::debug, "poll %u: %s; the next in %.1f s", polls_, said_.c_str(), pause.count());
}

void Completion::end(Error error) {
  error.generation_id = entry_.generation_id;
  error.client_request_id = entry_.client_request_id;
  error_ = std::move(error);
  must_record_ = true;
}

// Adds the time since the last look to the status that was seen then.
void Completion::announce(JobStatus status) {
  const auto now = Clock::now();
  const Seconds passed = now - last_seen_;
  last_seen_ = now;
  saw_it_run_ |= status != JobStatus::completed;
  bool is_news = now - last_announced_ >= kBetweenNews;
  run_.job.update([&](JobReport& report) {
    is_news |= report.status != status || report.retry;
    (report.status == JobStatus::generating ? report.generating_time : report.queued_time) +=
        passed;
    report.polls = polls_;
    report.retry.reset();
    report.status = status;
    report.cost = entry_.cost;
  });
  if (!is_news) return;
  last_announced_ = now;
  run_.job.announce([](JobReport&) {});
}

void Completion::announce_retry(const Error& error, std::optional<Seconds> delay) {
  run_.job.announce([&](JobReport& report) {
    report.polls = polls_;
    ++report.retries;
    if (delay) report.retry = retry_of(error, failures_, *delay);
  });
}

Error Completion::timeout() const {
  return Error{.kind = ErrorKind::cannot_read,
               .message = "The video is not ready after " +
                          std::to_string(static_cast<int>(run_.spec().generation_timeout.count())) +
                          " s. The service goes on with generation " + entry_.generation_id +
                          ": run this again to wait for it without paying again, or raise "
                          "generation-timeout."};
}

Result<std::string> Completion::await() {
  while (true) {
    const auto poll = run_.api->query(entry_.generation_id, run_.stop);
    if (!poll.ok()) return poll.as<std::string>();
    if (!judge(*poll)) {
      auto url = record();
      if (!url.ok()) return url.as<std::string>();
      if (*url) return std::move(**url);
    }
    if (sleep_until(run_.stop, next_poll_) == Waited::stopped) return Stopped{};
  }
}

}  // namespace klingtext
