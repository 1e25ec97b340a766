// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace klingtext {

// A whole number that is all of the text.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace klingtext
