// SPDX-License-Identifier: LGPL-2.1-or-later
// The life of a generation, from top to bottom: open the store, attach or submit, wait, download.
#pragma once

#include <stop_token>

#include "base/result.h"
#include "job/job.h"
#include "job/run_context.h"

namespace klingtext {

class GenerationRun {
 public:
  GenerationRun(Job& job, std::stop_token stop) : job_(job), stop_(std::move(stop)) {}
  Outcome run();

 private:
  void report_entry(const RunContext& run, const Entry& entry, Origin origin, JobStatus status);
  Outcome download(RunContext& run, Entry& entry, const std::string& url);
  Outcome finish(RunContext& run, Entry& entry, ClipFile& file);

  Job& job_;
  std::stop_token stop_;
};

}  // namespace klingtext
