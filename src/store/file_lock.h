// SPDX-License-Identifier: LGPL-2.1-or-later
// flock() on a file of the store.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/fork_guard.h"
#include "base/unique_fd.h"
#include "store/store_dir.h"
#include "store/store_files.h"

namespace klingtext {

// An open file that no forked child has, so that a lock on it ends with this process.
struct LockableFile {
  UniqueFd fd;
  ForkGuard guard;
};
// Nothing: there is no such file.
Result<std::optional<LockableFile>> open_lockable(const StoreDir& store, const std::string& name,
                                                  int flags);

// A lock file: removed when the lock is released, so that none stays behind.
class FileLock final : public HeldLock {
 public:
  FileLock(std::shared_ptr<const StoreDir> store, std::string name, LockableFile file);
  ~FileLock() override;

 private:
  std::shared_ptr<const StoreDir> store_;
  std::string name_;
  LockableFile file_;
};

// True when the open file is still the one the name leads to.
bool has_name(const StoreDir& store, const std::string& name, int fd);

enum class Locked {
  yes,
  no,
  removed,  // by another host, after it was opened: flock() answers ESTALE or ENOENT
  failed,
};
// Without waiting. `operation` is LOCK_EX or LOCK_SH; errno is set on failure. SMB answers EACCES
// for a lock that another process holds (flock(2)).
Locked lock_file(int fd, int operation);

}  // namespace klingtext
