// SPDX-License-Identifier: LGPL-2.1-or-later
// One running generation: attach or submit, wait, download; on a thread of its own, in a straight
// line. Any number of users watch it and read its clip. When the last one leaves it stops, but
// never while a submission is in flight: what may be paid for is noted first.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>

#include "base/guarded.h"
#include "job/job_report.h"
#include "job/job_spec.h"
#include "store/clip.h"

namespace klingtext {

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(JobSpec spec, std::string request_key);

  Clip& clip() { return clip_; }
  JobReport report();
  unsigned film_seconds() { return report_.lock()->seconds; }
  // Changes whenever the report does in a way worth telling; readers of the clip are woken then.
  std::uint64_t revision() const { return revision_; }

  const JobSpec& spec() const { return spec_; }
  const std::string& request_key() const { return request_key_; }

  // Until the job's thread has let go of everything, somebody else uses the job, or `patience`
  // ends.
  void wait_until_left(std::chrono::milliseconds patience);

  // --- for the registry, under its lock ---
  // False when the job has stopped or failed: it takes no more users.
  bool add_user();
  // True when that was the last user.
  bool remove_user();
  void start();

  // --- for the job's own thread ---
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

  // From enter to leave no stop reaches the job. enter_submission is false when one already has.
  bool enter_submission();
  void leave_submission();

 private:
  struct Life {
    unsigned users = 0;
    bool submitting = false;
    bool over = false;   // stopped or failed
    bool ended = false;  // the thread is done
  };

  const JobSpec spec_;
  const std::string request_key_;
  Clip clip_;
  Guarded<JobReport> report_;
  std::atomic<std::uint64_t> revision_{0};
  Guarded<Life> life_;
  std::stop_source stop_;
};

}  // namespace klingtext
