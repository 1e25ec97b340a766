// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stdlib.h>

#include <optional>
#include <string>
#include <utility>

namespace klingtext::test {

// One environment variable, set (or, with std::nullopt, unset) for as long as this lives.
// setenv() is not thread-safe: make it before the test starts threads that read the environment.
class ScopedEnvironment {
 public:
  ScopedEnvironment(std::string name, const std::optional<std::string>& value)
      : name_(std::move(name)) {
    if (const char* before = getenv(name_.c_str()); before != nullptr) before_ = before;
    put(value);
  }
  ~ScopedEnvironment() { put(before_); }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;

 private:
  void put(const std::optional<std::string>& value) {
    if (value) {
      setenv(name_.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name_.c_str());
    }
  }
  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace klingtext::test
