// SPDX-License-Identifier: LGPL-2.1-or-later
// What a slate says beside the request, and how a client tells it: by the header
// X-Klingtext-Slate, as in "shot=7; take=3; two-pop=no". Only a rehearsal knows this header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace klingtext::rehearsal {

inline constexpr const char* kSlateHeader = "X-Klingtext-Slate";

// The white frame and the tone at 00:00:02:00, by which picture and sound are aligned.
enum class TwoPop { yes, no };

struct SlateLabel {
  std::string shot;  // as in a storyboard, or shot_code()
  unsigned take = 1;
  TwoPop two_pop = TwoPop::yes;
};

struct SlateNote {
  std::optional<std::string> shot;
  std::optional<unsigned> take;
  TwoPop two_pop = TwoPop::yes;
};

// What is not known, or no value of its kind, is left out.
SlateNote read_slate_note(std::string_view header);

// Two letters, the same for the same prompt, for requests that have no number.
std::string shot_code(const std::string& prompt);

}  // namespace klingtext::rehearsal
