// SPDX-License-Identifier: LGPL-2.1-or-later
// The folder that holds what was paid for. Everything in it is reached by openat from a descriptor
// that was checked once, so no link and no race leads outside.
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

namespace klingtext {

// An exclusive claim that ends with the object or the process, whichever is first. It only tells a
// live owner from a dead one; nobody ever waits inside the kernel for it.
using StoreLock = UniqueFd;

class StoreDir {
 public:
  // Creates the folder (0700) when it is missing. Refuses one that is a link, belongs to somebody
  // else or can be written by others.
  static Result<std::shared_ptr<StoreDir>> open(const std::string& path);
  // For looking only: changes nothing, works on a read-only disk and on anybody's store. One that
  // is not there is empty.
  static Result<std::shared_ptr<StoreDir>> open_to_look(const std::string& path);

  bool exists() const { return static_cast<bool>(fd_); }
  const std::string& path() const { return path_; }
  std::string path_of(const std::string& name) const { return path_ + '/' + name; }

  // No descriptor means: not there. Links are never followed; only regular files are opened.
  Result<UniqueFd> open_file(const std::string& name, int flags) const;
  Result<std::optional<std::string>> read_file(const std::string& name, std::size_t max) const;

  enum class Replace { yes, no };
  // Whole or not at all, and on the disk when it returns. False when Replace::no met a file.
  Result<bool> write_file(const std::string& name, std::string_view bytes, Replace replace) const;
  Outcome rename(const std::string& from, const std::string& to) const;
  void remove(const std::string& name) const;
  Outcome sync() const;

  // Nothing when another owner lives.
  Result<std::optional<StoreLock>> try_lock(const std::string& name) const;
  // Whether an owner lives, without making a lock or becoming one for longer than the question.
  bool is_locked(const std::string& name) const;

  std::vector<std::string> names_ending_in(const std::string& suffix) const;
  // Bytes that may still be written; the largest number when nobody knows.
  std::uint64_t free_space() const;
  int fd() const { return fd_.get(); }

  // The store error for errno: no_space for a full disk, store otherwise.
  Error error(const std::string& doing, int error_number) const;

 private:
  StoreDir(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

// $XDG_DATA_HOME/klingtext
std::string default_store_path();

// Writes all of it at `offset`; errno on failure, 0 when done.
int write_fully(int fd, std::string_view bytes, off_t offset);

}  // namespace klingtext
