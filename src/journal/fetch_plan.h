// SPDX-License-Identifier: LGPL-2.1-or-later
// Which clips a fetch downloads, and what it cannot download.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "job/job_registry.h"
#include "journal/command_line.h"
#include "journal/record.h"

namespace klingtext {

struct FetchItem {
  enum class State {
    waiting,
    under_way,
    whole,
    unknown,  // whether it exists is not known
    missing,  // paid, and not here
    failed,   // the service could not make it; not billed
  };
  Record record;
  State state = State::waiting;
  std::string message;  // where it is not whole: why, and what helps
};

struct FetchPlan {
  std::vector<FetchItem> items;  // completed generations before running ones
  // Only what is damaged or cannot be read.
  JournalView::Contents unusable;
  std::size_t evicted = 0;  // not fetched, because they are not named
};

// All records, or those that `which` names. An error when a name is not known.
Result<FetchPlan> plan_fetch(const JournalView& view, const std::vector<std::string>& which);

const char* name_of(FetchItem::State state);
bool is_missing(const FetchItem& item);

}  // namespace klingtext
