// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "storyboard/edit.h"

namespace klingtext {

// The film as an OpenTimelineIO document: one track of pictures, one of sound.
std::string otio_of(const std::string& title, const std::vector<Edit>& edits, const Rate& rate);

}  // namespace klingtext
