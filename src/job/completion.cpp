// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/completion.h"

#include <algorithm>
#include <system_error>

#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "job/attachment.h"
#include "job/clip_link.h"
#include "store/history.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

// "completed" can precede the file, and a new id the service's own knowledge of it, by moments.
constexpr unsigned kWithoutUrl = 5;
constexpr unsigned kUnknownIds = 4;
constexpr Seconds kShortestStep{0.25};  // whatever the service says
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

class Wait {
 public:
  Wait(RunContext& run, Entry& entry)
      : run_(run),
        entry_(entry),
        schedule_(plan_polls(run.spec().pace, generation_times(*run.store, history_kind(entry)),
                             run.spec().poll_interval)),
        last_seen_(Clock::now()) {
    run_.job.update([&](JobReport& report) { report.estimate = schedule_.estimate; });
  }

  Result<std::string> run(FirstPoll first) {
    auto api = run_.connect();
    if (!api.ok()) return api.as<std::string>();
    Seconds pause = first.after;
    while (true) {
      if (auto waited = sleep(pause); !waited.ok()) return waited.as<std::string>();
      const auto poll = (*api)->query(entry_.generation_id, run_.stop);
      if (poll.stopped()) return Stopped{};
      ++polls_;
      auto next = judge(*poll);
      if (!next.ok()) return next.as<std::string>();
      if (!next->url.empty()) return next->url;
      pause = next->pause;
      log(LogLevel::debug, "poll %u: %s; the next in %.1f s", polls_, said_.c_str(), pause.count());
    }
  }

 private:
  struct Next {
    std::string url;  // empty: ask again
    Seconds pause{};
  };

  // Until the next poll is due, or the deadline; but the deadline does not end it without a poll.
  Outcome sleep(Seconds pause) {
    if (pause <= Seconds(0) && polls_ == 0) return Done{};
    const auto in_time = run_.sleep_until_deadline(pause);
    if (!in_time.ok()) return in_time.as<Done>();
    return *in_time || polls_ == 0 ? Outcome(Done{}) : Outcome(timeout());
  }

  Error timeout() const {
    return with_ids(
        Error{.kind = ErrorKind::cannot_read,
              .message = "The video is not ready after " +
                         std::to_string(static_cast<int>(run_.spec().generation_timeout.count())) +
                         " s. The service goes on with generation " + entry_.generation_id +
                         ": run this again to wait for it without paying again, or raise "
                         "generation-timeout."});
  }

  Error with_ids(Error error) const {
    error.generation_id = entry_.generation_id;
    error.client_request_id = entry_.client_request_id;
    return error;
  }

  Result<Next> judge(const Poll& poll) {
    switch (poll.verdict) {
      case Poll::Verdict::answered:
        failures_ = 0;
        refusals_.end();
        return judge_reply(poll);
      case Poll::Verdict::refused:
        return judge_refusal(poll.error);
      case Poll::Verdict::try_again:
        break;
    }
    ++failures_;
    log(LogLevel::debug, "poll %u: %s", polls_, poll.error.message.c_str());
    if (failures_ >= kPollFailures) return given_up(poll.error);
    const Seconds delay = poll_retry_delay(failures_, poll.retry_after, random_between(0, 1));
    run_.job.announce([&](JobReport& report) {
      report.polls = polls_;
      ++report.retries;
      report.retry = retry_of(poll.error, failures_, delay);
    });
    return Next{{}, delay};
  }

  Error given_up(Error error) const {
    if (error.kind != ErrorKind::busy) error.kind = ErrorKind::cannot_read;
    error.message += " Ten questions in a row went wrong; generation " + entry_.generation_id +
                     " is not lost: run this again to follow it without paying again.";
    return with_ids(std::move(error));
  }

  Result<Next> judge_refusal(Error error) {
    const bool young = entry_.submitted > 0 && unix_now() - entry_.submitted < kYoung;
    if (error.kind == ErrorKind::not_found && young && ++unknown_ids_ < kUnknownIds) {
      return Next{{}, Seconds(unknown_ids_)};
    }
    const bool same_account = is_same_account(entry_, run_.api->service().key);
    refusals_.add(Clock::now());
    if (!(error.http_status == 404 && same_account) && !refusals_.is_final()) {
      log(LogLevel::info, "poll %u: %s", polls_, error.message.c_str());
      run_.job.announce([&](JobReport& report) {
        report.polls = polls_;
        ++report.retries;
      });
      return Next{{}, refusals_.pause(random_between(0, 1))};
    }
    const bool hidden = error.kind == ErrorKind::not_found || error.kind == ErrorKind::unauthorized;
    if (hidden && !same_account) {
      error.kind = ErrorKind::unauthorized;
      error.message = "Generation " + entry_.generation_id +
                      " was submitted with another API key, and the service does not show it to "
                      "this one. Use that account's key. (" +
                      error.message + ")";
    }
    return with_ids(std::move(error));
  }

  Result<Next> judge_reply(const Poll& poll) {
    const GenerationReply& reply = poll.reply;
    if (auto noted = note_adoption(run_, entry_); !noted.ok()) return noted.as<Next>();
    note_cost(reply.cost);
    if (said_ != reply.status_text) {
      said_ = reply.status_text;
      log(LogLevel::info, "generation %s: %s", entry_.generation_id.c_str(), said_.c_str());
    }
    if (reply.status == ServiceStatus::unknown && warned_of_ != reply.status_text) {
      warned_of_ = reply.status_text;
      run_.job.warn(unknown_status(reply.status_text));
    }
    if (reply.status == ServiceStatus::error) return note_failure(reply);
    if (reply.status == ServiceStatus::completed) return note_completion(reply);
    announce(status_of(reply.status, run_.job.report().status));
    const Seconds age(
        static_cast<double>(std::max<std::int64_t>(0, unix_now() - entry_.submitted)));
    const Seconds planned =
        schedule_.next(entry_.submitted > 0 ? age : schedule_.quiet, random_between(0, 1));
    const bool fixed = run_.spec().poll_interval > Seconds(0);
    return Next{{}, fixed ? planned : std::max(poll.retry_after.value_or(planned), kShortestStep)};
  }

  // Adds the time since the last look to the status that was seen then.
  void announce(JobStatus status) {
    const auto now = Clock::now();
    const Seconds passed = now - last_seen_;
    last_seen_ = now;
    run_.job.announce([&](JobReport& report) {
      (report.status == JobStatus::generating ? report.generating_time : report.queued_time) +=
          passed;
      report.polls = polls_;
      report.retry.reset();
      report.status = status;
      report.cost = entry_.cost;
    });
    saw_it_run_ |= status != JobStatus::completed;
  }

  void note_cost(const Cost& cost) {
    if (cost.credits_used) entry_.cost.credits_used = cost.credits_used;
    if (cost.usd_spent) entry_.cost.usd_spent = cost.usd_spent;
  }

  // A generation that was seen completed stays so: it is billed.
  Result<Next> note_failure(const GenerationReply& reply) {
    run_.finish_noting();
    const auto noted = run_.change(entry_, [&](Entry& entry) {
      if (entry.state == EntryState::completed) return;
      entry.state = EntryState::error;
      entry.error = reply.error;
    });
    if (noted.failed()) log(LogLevel::warning, "%s", noted.error().message.c_str());
    if (entry_.state == EntryState::completed) return gone(reply.error);
    entry_.state = EntryState::error;
    entry_.error = reply.error;
    return failed_generation(entry_);
  }

  Error gone(const ServiceError& said) const {
    return with_ids(Error{.kind = ErrorKind::not_found,
                          .message = "Generation " + entry_.generation_id +
                                     " was completed and paid, and the service does not give its "
                                     "video any more" +
                                     (said.message.empty() ? "" : " (" + said.message + ")") +
                                     ". Ask the service's support for it, or set another take to "
                                     "generate it anew.",
                          .api_error_name = said.name,
                          .api_error_message = said.message});
  }

  Result<Next> note_completion(const GenerationReply& reply) {
    if (reply.clip_url.empty()) {
      if (++without_url_ >= kWithoutUrl) {
        const std::string words = words_of(reply.error);
        return with_ids(Error{.kind = ErrorKind::cannot_read,
                              .message = "The service says generation " + entry_.generation_id +
                                         " is completed but does not say where the video is" +
                                         (words.empty() ? "" : " (\"" + words + "\")") +
                                         ". Run this again later; nothing is paid twice.",
                              .api_error_name = reply.error.name,
                              .api_error_message = reply.error.message});
      }
      return Next{{}, Seconds(without_url_)};
    }
    std::optional<double> took;
    if (entry_.state != EntryState::completed) {
      entry_.state = EntryState::completed;
      entry_.completed = unix_now();
      if (saw_it_run_ && entry_.submitted > 0) {
        took = static_cast<double>(entry_.completed - entry_.submitted);
      }
    }
    note_in_background(took);
    announce(JobStatus::completed);
    return Next{clip_link(run_.api->service().url.text + "/video/generations", reply.clip_url), {}};
  }

  // A process that is killed before it is on the disk asks the service once more.
  void note_in_background(std::optional<double> took) {
    run_.finish_noting();
    const auto note = [store = run_.store, journal = run_.journal, entry = entry_, took,
                       log_owner = LogOwner::current()] {
      const LogOwner owner(log_owner);
      const auto noted = change_entry(journal, entry, [&](Entry& now) {
        now.state = EntryState::completed;
        if (now.completed == 0) now.completed = entry.completed;
        now.cost = entry.cost;
      });
      if (noted.failed()) log(LogLevel::warning, "%s", noted.error().message.c_str());
      if (took) remember_generation_time(*store, history_kind(entry), *took);
    };
    try {
      run_.noting = std::async(std::launch::async, note);
    } catch (const std::system_error&) {  // no thread
      note();
    }
  }

  RunContext& run_;
  Entry& entry_;
  PollSchedule schedule_;
  Clock::time_point last_seen_;
  unsigned polls_ = 0;
  unsigned failures_ = 0;
  unsigned without_url_ = 0;
  unsigned unknown_ids_ = 0;
  RefusalStreak refusals_{run_.spec().refusal_span};
  std::string said_;  // by the service: the last status
  std::optional<std::string> warned_of_;
  bool saw_it_run_ = false;
};

}  // namespace

Result<std::string> await_completion(RunContext& run, Entry& entry, FirstPoll first) {
  return Wait(run, entry).run(first);
}

}  // namespace klingtext
