// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads the clips of a plan, some at the same time. Follows generations by their id and never
// submits.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "api/api_client.h"
#include "journal/fetch_display.h"
#include "journal/fetch_plan.h"

namespace klingtext {

class FetchRun {
 public:
  using Connect = std::function<Result<Service>(const Entry& entry)>;
  FetchRun(const JournalView& view, FetchPlan& plan, Connect connect, FetchDisplay& display);

  // Until every item has ended.
  void run(unsigned at_once);

 private:
  void work();
  // An item that is waiting, from now on under way; null: none is left.
  FetchItem* next();
  void fetch(FetchItem& item);
  JobSpec spec_of(const Entry& entry) const;
  void end(FetchItem& item, const Outcome& settled, const JobReport& report);

  const JournalView& view_;
  FetchPlan& plan_;
  const Connect connect_;
  FetchDisplay& display_;
  std::mutex mutex_;  // of the plan's items and the display
  std::condition_variable ended_;
  std::size_t working_ = 0;  // threads
};

}  // namespace klingtext
