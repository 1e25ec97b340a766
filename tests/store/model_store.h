// SPDX-License-Identifier: LGPL-2.1-or-later
// A store in memory whose users take turns at every file operation, in an order that a seed
// decides, and may end at any of them as a killed process does.
#pragma once

#include <ucontext.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/store_files.h"

namespace klingtext::test {

// Thrown out of an operation of a writer that is killed there. Operations on the way out do
// nothing.
struct Killed {};

class ModelStore final : public StoreFiles {
 public:
  // Called before every operation; throws Killed to end the caller.
  std::function<void()> before_each = [] {};
  // False: the caller is dead, and the operation has no effect.
  std::function<bool()> is_alive = [] { return true; };

  std::string path_of(const std::string& name) const override { return "model/" + name; }
  Result<std::optional<std::string>> read_file(const std::string& name,
                                               std::size_t max) const override;
  Result<bool> create_file(const std::string& name, std::string_view bytes) const override;
  Outcome replace_file(const std::string& name, std::string_view bytes) const override;
  Outcome overwrite_file(const std::string& name, std::string_view bytes) const override;
  Outcome remove_file(const std::string& name) const override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Result<StoreLock> try_lock(const std::string& name) const override;
  bool locks_are_shared() const override { return true; }

 private:
  mutable std::map<std::string, std::string> files_;
  mutable std::set<std::string> locks_;
};

// Runs functions on stacks of their own. yield() passes on to a random other one.
class Interleaving {
 public:
  explicit Interleaving(std::mt19937_64& random) : random_(random) {}

  // Adds a writer that is killed at its n-th yield(); 0: never.
  void add(std::function<void()> work, unsigned killed_at);
  // Until all have ended.
  void run();

  // From inside a writer.
  void yield();
  bool is_alive() const;

 private:
  struct Writer {
    std::function<void()> work;
    unsigned killed_at = 0;
    unsigned steps = 0;
    bool alive = true;
    bool ended = false;
    std::vector<char> stack;
    ucontext_t context{};
  };
  static void enter(unsigned low, unsigned high);
  void work();

  std::mt19937_64& random_;
  std::vector<std::unique_ptr<Writer>> writers_;
  Writer* current_ = nullptr;
  ucontext_t scheduler_{};
};

}  // namespace klingtext::test
