// SPDX-License-Identifier: LGPL-2.1-or-later
// What the steps of one run share. Lives on the job's thread.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>

#include "api/api_client.h"
#include "base/cancel.h"
#include "job/job.h"
#include "store/journal.h"
#include "store/store_dir.h"

namespace klingtext {

struct RunContext {
  Job& job;
  std::stop_token stop;
  std::shared_ptr<StoreDir> store;
  Journal journal;
  std::optional<ApiClient> api{};  // once connected
  // When the service asked to be polled first, in its answer to the submission.
  std::optional<Seconds> first_poll{};
  // The followed id is not in the journal yet: it is written there when the service knows it.
  bool adopting = false;
  // A change of the journal that runs beside the next step, because the disk takes longer for it
  // than the first frame does. Ends before the run does.
  std::future<void> noting{};

  // Since when another process has held the request's lock, and when its name was looked up last.
  std::optional<std::chrono::steady_clock::time_point> waiting_since{};
  std::optional<std::chrono::steady_clock::time_point> named{};

  const JobSpec& spec() const { return job.spec(); }
  // The way to the service; made at the first call. The error is the user's to read.
  Result<ApiClient*> connect();
  void finish_noting() {
    if (noting.valid()) noting.get();
  }
  // Sleeps on the monotonic clock.
  Waited sleep(Seconds seconds) const;
  // The same, but not beyond the deadline, which another user of the job can move. False: the
  // deadline has passed.
  Result<bool> sleep_until_deadline(Seconds seconds) const;

  // The request's lock; null while another process holds it. Tells the users who that is when it
  // takes long.
  Result<StoreLock> try_lock();
  // Waits for the lock, for 10 s at most, then changes the entry in the journal and in memory.
  Outcome change(Entry& entry, const std::function<void(Entry&)>& apply) const;
};

Result<Entry> change_entry(const Journal& journal, const Entry& seen,
                           const std::function<void(Entry&)>& apply);

// What the history files the time of this generation under.
std::string history_kind(const Entry& entry);

}  // namespace klingtext
