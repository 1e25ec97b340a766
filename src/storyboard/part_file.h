// SPDX-License-Identifier: LGPL-2.1-or-later
// The file a film is written to until it is whole. Every run has one of its own beside the film:
// .NAME.XXXXXX.part, locked (flock(2)) while the run lives.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace klingtext {

class PartFile {
 public:
  // Removes the part files of this film whose runs have ended, and creates one.
  static Result<PartFile> create(const std::string& film);
  // Removes the file unless it was published.
  ~PartFile();
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;

  const std::string& path() const { return path_; }
  // Where the muxer may put what it needs until the film is whole; removed with the file.
  std::string index_path() const { return index_path(path_); }
  // Gives the file the film's name and access rights; replaces a film of that name.
  Outcome publish();

  static void remove_at(const std::string& path);

 private:
  static std::string index_path(const std::string& path);
  PartFile(std::string film, std::string path, UniqueFd lock)
      : film_(std::move(film)), path_(std::move(path)), lock_(std::move(lock)) {}

  std::string film_;
  std::string path_;  // empty: published
  UniqueFd lock_;
};

}  // namespace klingtext
