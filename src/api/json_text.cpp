// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_text.h"

#include <array>
#include <charconv>

namespace klingtext {
namespace {

void append_escaped(std::string& text, char character) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (character) {
    case '"':
      text += "\\\"";
      return;
    case '\\':
      text += "\\\\";
      return;
    case '\n':
      text += "\\n";
      return;
    case '\r':
      text += "\\r";
      return;
    case '\t':
      text += "\\t";
      return;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(character);
  if (code >= 0x20U && code != 0x7fU) {
    text += character;
    return;
  }
  text += "\\u00";
  text += kDigits[code >> 4U];
  text += kDigits[code & 0xfU];
}

}  // namespace

std::string json_string(std::string_view utf8) {
  std::string text = "\"";
  for (const char character : utf8) append_escaped(text, character);
  return text + '"';
}

std::string json_number(double finite) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), finite).ptr;
  return {digits.begin(), end};
}

std::string json_integer(std::int64_t value) {
  return std::to_string(value);
}

std::string json_boolean(bool value) {
  return value ? "true" : "false";
}

}  // namespace klingtext
