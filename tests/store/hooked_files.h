// SPDX-License-Identifier: LGPL-2.1-or-later
// A store on a disk as a host sees it whose view of the files of others is old, or whose disk
// fails.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/store_files.h"

namespace klingtext::test {

class HookedFiles final : public StoreFiles {
 public:
  explicit HookedFiles(std::shared_ptr<const StoreFiles> real, std::stop_token stop = {})
      : StoreFiles(std::move(stop)), real_(std::move(real)) {}

  std::function<bool(const std::string&)> hides = [](const std::string&) { return false; };
  std::function<Outcome(const std::string&)> on_read = [](const std::string&) { return Done{}; };
  std::function<Outcome(const std::string&)> on_remove = [](const std::string&) { return Done{}; };

  std::string path_of(const std::string& name) const override { return real_->path_of(name); }
  Result<std::optional<std::string>> read_file(const std::string& name,
                                               std::size_t max) const override {
    if (hides(name)) return std::optional<std::string>();
    if (auto may = on_read(name); !may.ok()) return may.as<std::optional<std::string>>();
    return real_->read_file(name, max);
  }
  Result<bool> create_file(const std::string& name, std::string_view bytes) const override {
    return real_->create_file(name, bytes);
  }
  Outcome replace_file(const std::string& name, std::string_view bytes) const override {
    return real_->replace_file(name, bytes);
  }
  Outcome overwrite_file(const std::string& name, std::string_view bytes) const override {
    return real_->overwrite_file(name, bytes);
  }
  Outcome remove_file(const std::string& name) const override {
    if (auto may = on_remove(name); !may.ok()) return may;
    return real_->remove_file(name);
  }
  Result<std::vector<std::string>> list(const std::string& folder) const override {
    auto names = real_->list(folder);
    if (!names.ok()) return names;
    std::erase_if(*names, [&](const std::string& name) {
      return hides(folder.empty() ? name : folder + '/' + name);
    });
    return names;
  }
  Result<StoreLock> try_lock(const std::string& name) const override {
    return real_->try_lock(name);
  }
  bool locks_are_shared() const override { return false; }

 private:
  std::shared_ptr<const StoreFiles> real_;
};

}  // namespace klingtext::test
