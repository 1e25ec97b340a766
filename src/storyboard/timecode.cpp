// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/timecode.h"

#include <array>
#include <cstdio>

namespace klingtext {
namespace {

// Two numbers (of 30, four of 60) are left out at the start of every minute but each tenth.
Frames with_dropped(Frames frame, int nominal) {
  const Frames dropped = nominal / 15;
  const Frames minute = Frames{nominal} * 60 - dropped;
  const Frames ten_minutes = minute * 10 + dropped;
  const Frames rest = frame % ten_minutes;
  frame += frame / ten_minutes * 9 * dropped;
  if (rest >= dropped) frame += (rest - dropped) / minute * dropped;
  return frame;
}

}  // namespace

bool is_drop_frame(const Rate& rate) {
  return rate.denominator == 1001 && (rate.numerator == 30000 || rate.numerator == 60000);
}

int nominal_rate(const Rate& rate) {
  return (rate.numerator + rate.denominator - 1) / rate.denominator;
}

std::string timecode(Frames frame, const Rate& rate) {
  const int nominal = nominal_rate(rate);
  const bool drops = is_drop_frame(rate);
  if (drops) frame = with_dropped(frame, nominal);
  const Frames seconds = frame / nominal;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d%c%02d",
                static_cast<int>(seconds / 3600 % 24), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60), drops ? ';' : ':',
                static_cast<int>(frame % nominal));
  return text.data();
}

}  // namespace klingtext
