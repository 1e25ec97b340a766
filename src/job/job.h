// SPDX-License-Identifier: LGPL-2.1-or-later
// One running generation: attach or submit, wait, download. Any number of users watch it and read
// its clip. When the last one leaves it stops, except between the sending of a submission and its
// outcome in the journal, and once the generation is completed: then the clip is downloaded to its
// end.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>

#include "base/guarded.h"
#include "job/job_report.h"
#include "job/job_spec.h"
#include "store/clip.h"

namespace klingtext {

class Job : public std::enable_shared_from_this<Job> {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  Job(JobSpec spec, std::string request_key);

  Clip& clip() { return clip_; }
  JobReport report();
  unsigned film_seconds() { return report_.lock()->seconds; }
  // Changes with every change of the report that users are told of; readers of the clip are woken
  // then.
  std::uint64_t revision() const { return revision_; }

  const JobSpec& spec() const { return spec_; }
  const std::string& request_key() const { return request_key_; }

  // Until the job has ended, another user has come, or the time is over.
  void wait_until_left(std::chrono::milliseconds at_most);

  // --- for the registry, under its lock: these call nothing of others ---
  // False when the job has stopped, failed, or ended without users: it takes no more. `patience` is
  // the user's generation-timeout; 0: none.
  bool add_user(Seconds patience);
  enum class Left {
    in_use,      // there are other users, or it goes on with its download
    submitting,  // it takes no more and stops when its submission is answered
    stopping,    // it takes no more: stop() is due
  };
  Left remove_user();
  bool has_users() { return life_.lock()->users > 0; }

  // --- for the registry, with no lock held ---
  // `ended` is called on another thread when everything is done.
  void start(std::function<void()> ended);
  void stop() { stop_.request_stop(); }

  // --- for its run ---
  template <typename Change>
  void update(Change change) {
    change(*report_.lock());
  }
  // The same, and tells the users.
  template <typename Change>
  void announce(Change change) {
    change(*report_.lock());
    ++revision_;
    clip_.wake_readers();
  }
  void warn(std::string sentence);
  void fail(const Error& error);

  // The latest of its users' deadlines.
  Deadline deadline() { return life_.lock()->deadline; }

  // From enter to leave no stop reaches the job. enter_submission is false when one already has.
  bool enter_submission();
  void leave_submission();
  // From now on no stop reaches the job. False when one already has.
  bool keep_running();

 private:
  struct Life {
    unsigned users = 0;
    Deadline deadline{};
    bool submitting = false;
    bool kept = false;
    bool over = false;  // stopped or failed
    bool ended = false;
  };
  void end(const Outcome& outcome);
  bool is_over() { return life_.lock()->over; }

  const JobSpec spec_;
  const std::string request_key_;
  Clip clip_;
  Guarded<JobReport> report_;
  std::atomic<std::uint64_t> revision_{0};
  Guarded<Life> life_;
  std::stop_source stop_;
};

}  // namespace klingtext
