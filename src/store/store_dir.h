// SPDX-License-Identifier: LGPL-2.1-or-later
// The store on a disk. Every file is reached by openat() from a descriptor that was checked once,
// so no link and no race leads outside.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "store/store_files.h"

namespace klingtext {

class StoreDir final : public StoreFiles, public std::enable_shared_from_this<StoreDir> {
 public:
  // Creates the folder (0700) when it is missing. Refuses one that is a link, belongs to another
  // user or can be written by others.
  static Result<std::shared_ptr<StoreDir>> open(const std::string& path, std::stop_token stop = {});
  // For reading only: changes nothing, works on a read-only disk and on another user's store. One
  // that does not exist is empty.
  static Result<std::shared_ptr<StoreDir>> open_to_look(const std::string& path);

  bool exists() const { return static_cast<bool>(fd_); }
  const std::string& path() const { return path_; }
  std::string path_of(const std::string& name) const override { return path_ + '/' + name; }

  // No descriptor: there is no such file. Links are never followed; only regular files are opened.
  Result<UniqueFd> open_file(const std::string& name, int flags) const;
  Result<std::optional<std::string>> read_file(const std::string& name,
                                               std::size_t max) const override;
  Result<bool> create_file(const std::string& name, std::string_view bytes) const override;
  Outcome replace_file(const std::string& name, std::string_view bytes) const override;
  Outcome overwrite_file(const std::string& name, std::string_view bytes) const override;
  Outcome remove_file(const std::string& name) const override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Result<StoreLock> try_lock(const std::string& name) const override;
  bool locks_are_shared() const override;

  Outcome rename(const std::string& from, const std::string& to) const;
  // Without waiting for the disk.
  void remove(const std::string& name) const;

  // Whether another process holds a lock on this file. Creates and keeps nothing.
  bool is_locked(const std::string& name) const;
  // Who took the lock of that name last, as process_id() has it; empty when unknown.
  std::string lock_owner(const std::string& name) const;
  // A name for a file that is being written. Drafts of ended processes are removed by the next
  // open() after a day.
  static std::string draft_name(const std::string& ending);
  // That name among the drafts.
  static std::string drafts_name(const std::string& name);
  // Of this mount of the file system since the machine was started: 16 hex digits.
  std::string mount_id() const;
  // Creates the folder for drafts.
  Outcome make_drafts_folder() const;

  // Bytes that may still be written; the largest number when that is unknown.
  std::uint64_t free_space() const;
  int fd() const { return fd_.get(); }

  // The error of a failed operation: no_space for a full disk, store otherwise.
  Error error(const std::string& doing, int error_number) const;
  // The same of a failed read: it never advises another store, which would pay again.
  Error read_error(const std::string& doing, int error_number) const;

 private:
  StoreDir(std::string path, UniqueFd fd, std::stop_token stop)
      : StoreFiles(std::move(stop)), path_(std::move(path)), fd_(std::move(fd)) {}

  // The folder that holds `name`, and the name's last part.
  struct Place {
    UniqueFd opened;  // where the folder is not the store itself
    int folder = -1;  // -1: there is no such folder
    std::string name;
  };
  enum class Missing { is_error, create };
  Result<Place> place_of(const std::string& name, Missing missing) const;
  // A synced file under a draft name.
  Result<std::string> write_draft(std::string_view bytes) const;
  // Whether the draft has a second name.
  bool is_linked(const std::string& draft) const;
  // Gives the draft its name, if no file has it.
  Result<bool> link_draft(const std::string& draft, const Place& place) const;
  void remove_stale_drafts() const;

  std::string path_;
  UniqueFd fd_;
};

// $XDG_DATA_HOME/klingtext
std::string default_store_path();

// Writes all of it at `offset`; errno on failure, 0 when done.
int write_fully(int fd, std::string_view bytes, off_t offset);
// fsync() again after a signal; errno on failure, 0 when done.
int sync_fully(int fd);

}  // namespace klingtext
