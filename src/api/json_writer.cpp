// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

constexpr std::string_view kBetween = " \n{}[],:";

using Digits = std::array<char, 32>;

// json-glib writes 0.1 as 0.10000000000000001; a request is kept as json_number() wrote it.
std::string_view shortest(std::string_view word, Digits& digits) {
  double number = 0;
  const auto read = std::from_chars(word.begin(), word.end(), number);
  if (read.ec != std::errc() || read.ptr != word.end()) return word;
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  return {digits.begin(), static_cast<std::size_t>(end - digits.begin())};
}

std::string_view respelled(std::string_view word, Digits& digits) {
  constexpr auto kNone = std::string_view::npos;
  if (word.find("inf") != kNone || word.find("nan") != kNone) return "null";
  if (word.find('e') != kNone && word.ends_with(".0")) word.remove_suffix(2);
  const bool whole = word.ends_with(".0") || word.find_first_of(".e") == kNone;
  return whole ? word : shortest(word, digits);
}

// The length of the string, quotes included, that begins the text.
std::size_t string_at(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string write_json(JsonNode* node, JsonLayout layout) {
  const GCharPtr raw(json_to_string(node, layout == JsonLayout::readable ? TRUE : FALSE));
  const GCharPtr written(g_utf8_make_valid(raw.get(), -1));
  std::string text;
  for (std::string_view rest = written.get(); !rest.empty();) {
    const bool quoted = rest.front() == '"';
    std::size_t length = quoted ? string_at(rest) : rest.find_first_of(kBetween);
    if (length == 0) length = 1;
    const std::string_view word = rest.substr(0, length);
    Digits digits{};
    text += quoted ? word : respelled(word, digits);
    rest.remove_prefix(word.size());
  }
  return text;
}

}  // namespace klingtext
