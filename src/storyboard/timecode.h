// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "storyboard/cut_list.h"

namespace klingtext {

// Whether timecode of this rate drops numbers (SMPTE ST 12-1: 30000/1001 and 60000/1001).
bool is_drop_frame(const Rate& rate);

// Frames per second as timecode counts them: 24 for 24000/1001.
int nominal_rate(const Rate& rate);

// HH:MM:SS:FF, or HH:MM:SS;FF with dropped numbers; 24 hours begin anew.
std::string timecode(Frames frame, const Rate& rate);

}  // namespace klingtext
