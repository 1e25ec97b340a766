// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"

#include "base/glib_ptr.h"

namespace klingtext {

std::string trimmed(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

namespace {

// What would move a terminal's cursor, or turn around what stands behind it.
bool rules_the_line(gunichar character) {
  return g_unichar_iscntrl(character) || character == 0x061c ||  // Arabic letter mark
         character == 0x200e || character == 0x200f ||           // LRM, RLM
         (character >= 0x2028 && character <= 0x202e) ||         // LS, PS, LRE … RLO
         (character >= 0x2066 && character <= 0x2069);           // LRI … PDI
}

}  // namespace

std::string one_line(std::string_view bytes, std::size_t max_characters) {
  // A character has at most 4 bytes: what lies beyond can not be shown and need not be checked.
  const std::string head = trimmed(bytes.substr(0, 4 * max_characters + 256));
  const GCharPtr valid(g_utf8_make_valid(head.data(), static_cast<gssize>(head.size())));
  std::string line;
  std::size_t characters = 0;
  for (const char* at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    if (character == '\n' || character == '\r') break;
    if (characters == max_characters) return line + "…";
    if (rules_the_line(character)) {
      line += ' ';
    } else {
      line.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
    }
    ++characters;
  }
  return line;
}

std::string sha256_hex(std::string_view bytes) {
  const GCharPtr hex(g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(bytes.data()), bytes.size()));
  return hex.get();
}

}  // namespace klingtext
