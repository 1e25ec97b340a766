// SPDX-License-Identifier: LGPL-2.1-or-later
// The life of a generation, from top to bottom: open the store, attach or submit, wait, download.
// Before and after the wait it is straight-line code on a thread of its own. While it waits, it has
// none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "job/completion.h"
#include "job/job.h"
#include "job/run_context.h"

namespace klingtext {

class GenerationRun : public std::enable_shared_from_this<GenerationRun> {
 public:
  using Ended = std::function<void(const Outcome&)>;

  // `ended` is called once, on a thread that is not the caller's.
  GenerationRun(std::shared_ptr<Job> job, std::stop_token stop, Ended ended);
  // Fails when no thread can be started; `ended` is not called then.
  Outcome start();

 private:
  enum class Next { nothing, poll };
  using Step = Result<Next> (GenerationRun::*)();

  Outcome start_thread(Step step);
  void perform(Step step);

  // The steps that have a thread.
  Result<Next> attach();
  Result<Next> record_answer();

  Outcome wait();
  void end(const Outcome& outcome);
  // On the poller's thread.
  std::optional<Poller::Clock::time_point> judge(const Result<Poll>& poll);

  void report_entry(Origin origin, JobStatus status);
  Outcome download(const std::string& url);
  Outcome finish(ClipFile& file);

  const std::shared_ptr<Job> job_;
  const std::stop_token stop_;
  const Ended ended_;
  std::optional<RunContext> run_;
  Entry entry_;
  std::optional<Completion> completion_;
};

}  // namespace klingtext
