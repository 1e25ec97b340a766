// SPDX-License-Identifier: LGPL-2.1-or-later
// A value, an error, or the news that somebody asked to stop. Stopping is not an error: it is
// never shown to anyone. (std::expected is not in GCC 12's C++20, and has no third state.)
#pragma once

#include <utility>
#include <variant>

#include "base/error.h"

namespace klingtext {

struct Stopped {};
struct Done {};

template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: wrap silently
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  Result(Stopped stopped) : state_(std::in_place_index<2>, stopped) {}   // NOLINT

  bool ok() const { return state_.index() == 0; }
  bool stopped() const { return state_.index() == 2; }
  bool failed() const { return state_.index() == 1; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  E& error() { return std::get<1>(state_); }
  const E& error() const { return std::get<1>(state_); }

  // The same error or stop as the result of a caller that returns another type.
  template <typename U>
  Result<U, E> as() const {
    if (stopped()) return Stopped{};
    return error();
  }

 private:
  std::variant<T, E, Stopped> state_;
};

// For what has nothing to say when it works: `return Done{};`
using Outcome = Result<Done>;

}  // namespace klingtext
