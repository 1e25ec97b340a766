// SPDX-License-Identifier: LGPL-2.1-or-later
// flock() on a file of the store.
#pragma once

#include "base/fork_guard.h"
#include "base/unique_fd.h"
#include "store/store_dir.h"
#include "store/store_files.h"

namespace klingtext {

// A lock file: removed when the lock is released, so that none stays behind.
class FileLock final : public HeldLock {
 public:
  FileLock(std::shared_ptr<const StoreDir> store, std::string name, UniqueFd fd);
  ~FileLock() override;

 private:
  std::shared_ptr<const StoreDir> store_;
  std::string name_;
  UniqueFd fd_;
  ForkGuard guard_;
};

// True when the open file is still the one the name leads to.
bool has_name(const StoreDir& store, const std::string& name, int fd);

enum class Locked { yes, no, failed };
// Without waiting. `operation` is LOCK_EX or LOCK_SH; errno is set on failure. SMB answers EACCES
// for a lock that another process holds (flock(2)).
Locked lock_file(int fd, int operation);

}  // namespace klingtext
