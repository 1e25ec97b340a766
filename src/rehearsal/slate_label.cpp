// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/slate_label.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::size_t kLongestShot = 12;

// Without those that are taken for digits.
constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ";

bool is_shot_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestShot &&
         std::all_of(text.begin(), text.end(), [](unsigned char letter) {
           return letter > ' ' && letter < 0x7F && letter != ';';
         });
}

std::optional<unsigned> take_in(std::string_view text) {
  unsigned take = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), take);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || take == 0) {
    return std::nullopt;
  }
  return take;
}

void read_member(std::string_view name, std::string_view value, SlateNote& note) {
  if (name == "shot" && is_shot_name(value)) note.shot = value;
  if (name == "take") note.take = take_in(value);
  if (name == "two-pop") note.two_pop = value == "no" ? TwoPop::no : TwoPop::yes;
}

}  // namespace

SlateNote read_slate_note(std::string_view header) {
  SlateNote note;
  for (std::size_t at = 0; at < header.size();) {
    const std::size_t end = std::min(header.find(';', at), header.size());
    const std::string member = trimmed(header.substr(at, end - at));
    const std::size_t equals = member.find('=');
    if (equals != std::string::npos) {
      read_member(std::string_view(member).substr(0, equals),
                  std::string_view(member).substr(equals + 1), note);
    }
    at = end + 1;
  }
  return note;
}

std::string shot_code(const std::string& prompt) {
  constexpr std::size_t kDigits = 8;
  const auto number = std::stoul(sha256_hex("shot\n" + prompt).substr(0, kDigits), nullptr, 16);
  return {kLetters[number % kLetters.size()], kLetters[number / kLetters.size() % kLetters.size()]};
}

}  // namespace klingtext::rehearsal
