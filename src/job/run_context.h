// SPDX-License-Identifier: LGPL-2.1-or-later
// What the steps of one run share. Lives on the job's thread.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <stop_token>

#include "api/api_client.h"
#include "base/cancel.h"
#include "job/job.h"
#include "store/journal.h"

namespace klingtext {

struct RunContext {
  Job& job;
  std::stop_token stop;
  std::shared_ptr<StoreDir> store;
  Journal journal;
  std::optional<ApiClient> api;  // once connected
  // When the service asked to be asked first, in its answer to the submission.
  std::optional<Seconds> first_poll{};
  // A note that is being made beside the next step, because it is no pity if it gets lost: the
  // disk takes longer for it than the first frame does. Ends before the run does.
  std::future<void> noting{};

  const JobSpec& spec() const { return job.spec(); }
  // The way to the service; made at the first call. The error is the user's to read.
  Result<ApiClient*> connect();
  void finish_noting() {
    if (noting.valid()) noting.get();
  }
  // Sleeps on the monotonic clock.
  Waited sleep(Seconds seconds) const;
};

// What the history files the time of this generation under.
std::string history_kind(const Entry& entry);

}  // namespace klingtext
