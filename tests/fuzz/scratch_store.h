// SPDX-License-Identifier: LGPL-2.1-or-later
// A store for a target whose input is one of its files: made once per process, in memory where
// that is possible.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "store/store_dir.h"

namespace klingtext::fuzz {

inline const std::shared_ptr<StoreDir>& scratch_store() {
  struct Scratch {
    Scratch() {
      std::string name = std::string(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") +
                         "/klingtext-fuzz-XXXXXX";
      path = mkdtemp(name.data());
      store = *StoreDir::open(path);
    }
    ~Scratch() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::string path;
    std::shared_ptr<StoreDir> store;
  };
  static const Scratch scratch;
  return scratch.store;
}

// Without the fsync that write_file() is for.
inline void lay(const std::string& name, std::string_view bytes) {
  const UniqueFd file(
      open(scratch_store()->path_of(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  (void)write_fully(file.get(), bytes, 0);
}

}  // namespace klingtext::fuzz
