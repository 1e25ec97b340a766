// SPDX-License-Identifier: LGPL-2.1-or-later
// A generation that is waited for: what its polls mean, and when the next one is due. It has no
// thread of its own.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "job/run_context.h"

namespace klingtext {

class Completion {
 public:
  using Clock = std::chrono::steady_clock;

  Completion(RunContext& run, Entry& entry);

  // A generation that was just submitted is not asked for at once, an older one may be done.
  void plan_first_poll(Origin origin);
  // When to ask again. Nothing: record() comes next. Does not block.
  std::optional<Clock::time_point> judge(const Poll& poll);
  // Writes what the last answer said to the journal. The clip's URL; nothing: ask again at
  // next_poll(). Can take seconds.
  Result<std::optional<std::string>> record();
  Clock::time_point next_poll() const { return next_poll_; }

  // All of it, on the calling thread. For a second URL, when the first one has expired.
  Result<std::string> await();

 private:
  using Recorded = std::optional<std::string>;

  void judge_verdict(const Poll& poll);
  void judge_reply(const Poll& poll);
  void judge_failure(const Poll& poll);
  void judge_refusal(Error error);
  void judge_completion();
  void ask_again_in(Seconds pause);
  void end(Error error);
  void announce(JobStatus status);
  void announce_retry(const Error& error, std::optional<Seconds> delay);
  void note_words(const GenerationReply& reply);
  void note_cost(const Cost& cost);

  Error timeout() const;
  Error gone() const;
  Recorded record_completion();
  Error record_failure();
  void note_in_background(std::optional<double> took);

  RunContext& run_;
  Entry& entry_;
  PollSchedule schedule_;
  Clock::time_point next_poll_{};
  std::optional<GenerationReply> answer_;  // the last poll's
  std::optional<Error> error_;             // what ends the wait
  bool must_record_ = false;

  Clock::time_point last_seen_ = Clock::now();
  Clock::time_point last_announced_{};
  unsigned polls_ = 0;
  unsigned failures_ = 0;
  unsigned without_url_ = 0;
  unsigned unknown_ids_ = 0;
  RefusalStreak refusals_;
  std::string said_;  // by the service: the last status
  std::optional<std::string> warned_of_;
  bool saw_it_run_ = false;
};

}  // namespace klingtext
