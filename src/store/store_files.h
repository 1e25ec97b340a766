// SPDX-License-Identifier: LGPL-2.1-or-later
// The file operations that journal and ledger are built from. StoreDir does them on a disk.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace klingtext {

// An exclusive lock, released when it is destroyed or when its process ends. It saves work and
// tells who submits. It is never the right to submit: some file systems lock for one host only.
class HeldLock {
 public:
  HeldLock() = default;
  virtual ~HeldLock() = default;
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
};
using StoreLock = std::unique_ptr<HeldLock>;

// Names are relative to the store and may have folders in front: "ledger/2026-01-31/1".
class StoreFiles {
 public:
  explicit StoreFiles(std::stop_token stop = {}) : stop_(std::move(stop)) {}
  virtual ~StoreFiles() = default;
  StoreFiles(const StoreFiles&) = delete;
  StoreFiles& operator=(const StoreFiles&) = delete;

  virtual std::string path_of(const std::string& name) const = 0;

  // Nothing when there is no such file. At most `max` bytes.
  virtual Result<std::optional<std::string>> read_file(const std::string& name,
                                                       std::size_t max) const = 0;
  // All or nothing, and on the disk when it returns. Of all who create one name, on any host, only
  // one gets true; the others get false. Missing folders are created.
  virtual Result<bool> create_file(const std::string& name, std::string_view bytes) const = 0;
  // All or nothing, and on the disk when it returns.
  virtual Outcome replace_file(const std::string& name, std::string_view bytes) const = 0;
  // In place, with one write, and on the disk when it returns. The file must have that size.
  virtual Outcome overwrite_file(const std::string& name, std::string_view bytes) const = 0;
  // On the disk when it returns. A file that does not exist is no error.
  virtual Outcome remove_file(const std::string& name) const = 0;
  // The names in a folder ("": the store itself) without drafts, in no order. A folder that does
  // not exist is empty.
  virtual Result<std::vector<std::string>> list(const std::string& folder) const = 0;

  // Null while another owner holds it. Never waits.
  virtual Result<StoreLock> try_lock(const std::string& name) const = 0;
  // Whether a lock excludes every process that can reach this store. Not so, or not known to be so,
  // on file systems that several hosts can mount.
  virtual bool locks_are_shared() const = 0;

  // Of the run that uses the store: it ends the waiting for another host's changes.
  const std::stop_token& stop() const { return stop_; }

 private:
  const std::stop_token stop_;
};

}  // namespace klingtext
