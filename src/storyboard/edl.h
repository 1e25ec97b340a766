// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "storyboard/edit.h"

namespace klingtext {

// The film as an edit decision list of the form CMX 3600, its source times counted from the
// beginning of each clip.
std::string edl_of(const std::string& title, const std::vector<Edit>& edits, const Rate& rate);

}  // namespace klingtext
