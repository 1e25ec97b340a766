// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_writer.h"

#include <algorithm>
#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

constexpr std::string_view kBetween = " \n{}[],:";

std::string_view respelled(std::string_view word) {
  constexpr auto kNone = std::string_view::npos;
  if (word.find("inf") != kNone || word.find("nan") != kNone) return "null";
  if (word.find('e') != kNone && word.ends_with(".0")) word.remove_suffix(2);
  return word;
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
    text += quoted ? word : respelled(word);
    rest.remove_prefix(word.size());
  }
  return text;
}

}  // namespace klingtext
