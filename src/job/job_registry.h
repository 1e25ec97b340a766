// SPDX-License-Identifier: LGPL-2.1-or-later
// The same request is the same job, process-wide: a bin that opens a source three times, or an
// editor that opens it once per track, finds the generation that is already running.
#pragma once

#include <memory>

#include "job/job.h"

namespace klingtext {

// A user of a job. Destroying the last one stops the job.
class JobHandle {
 public:
  explicit JobHandle(std::shared_ptr<Job> job) : job_(std::move(job)) {}
  ~JobHandle();
  JobHandle(const JobHandle&) = delete;
  JobHandle& operator=(const JobHandle&) = delete;
  Job& operator*() const { return *job_; }
  Job* operator->() const { return job_.get(); }
  std::weak_ptr<Job> watch() const { return job_; }

 private:
  std::shared_ptr<Job> job_;
};

// Never blocks, and does nothing that costs: the work begins on the job's own thread.
std::shared_ptr<JobHandle> attach_job(JobSpec spec);

}  // namespace klingtext
