// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/byte_range.h"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::string_view kUnit = "bytes=";

// Digits only; a number too large to hold is larger than any file.
std::optional<std::uint64_t> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

}  // namespace

ByteRange choose_range(std::string_view header, std::uint64_t size) {
  constexpr ByteRange kWhole;
  constexpr ByteRange kUnsatisfiable{.kind = ByteRange::Kind::unsatisfiable};
  if (header.size() < kUnit.size() ||
      g_ascii_strncasecmp(header.data(), kUnit.data(), kUnit.size()) != 0) {
    return kWhole;
  }
  const std::string range = trimmed(header.substr(kUnit.size()));
  const std::size_t dash = range.find('-');
  if (dash == range.npos) return kWhole;
  const auto first = number(std::string_view(range).substr(0, dash));
  const auto last = number(std::string_view(range).substr(dash + 1));
  if (dash == 0) {  // the last so many bytes
    if (!last) return kWhole;
    if (*last == 0 || size == 0) return kUnsatisfiable;
    return {.kind = ByteRange::Kind::part, .first = size - std::min(*last, size), .last = size - 1};
  }
  const bool open = dash + 1 == range.size();
  if (!first || (!last && !open) || (last && *last < *first)) return kWhole;
  if (*first >= size) return kUnsatisfiable;
  return {.kind = ByteRange::Kind::part,
          .first = *first,
          .last = std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace klingtext::rehearsal
