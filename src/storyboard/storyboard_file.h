// SPDX-License-Identifier: LGPL-2.1-or-later
// The file a storyboard is written in: TOML, with [film], [defaults] and one [[shot]] after the
// other.
#pragma once

#include <string>

#include "base/result.h"
#include "storyboard/storyboard.h"

namespace klingtext {

// The error names file and line, and what to write instead.
Result<Storyboard> read_storyboard(const std::string& path);

}  // namespace klingtext
