// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that ended processes left in the store and no run uses again.
#pragma once

#include "base/result.h"
#include "journal/record.h"
#include "store/store_dir.h"

namespace klingtext {

struct Amount {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // on the disk
};

// The files whose names end so. In the store itself, or in one of its folders.
Amount amount_of(const StoreDir& store, const std::string& folder, const std::string& ending);

// Removes growing files, their logs and locks of requests whose clip is whole or that have no
// entry; never one that a process has locked.
Result<Amount> remove_leftovers(const StoreDir& store, const JournalView& view);

}  // namespace klingtext
