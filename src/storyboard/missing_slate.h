// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/result.h"
#include "storyboard/storyboard.h"

namespace klingtext {

// The picture of a shot that a film lacks, as a PNG in `folder`, which is made where it is not
// there. The same words in the same shape are the same file: a timeline may refer to it for good.
Result<std::string> missing_slate(const Film& film, const Shot& shot, unsigned number,
                                  const std::string& why, const std::string& folder);

}  // namespace klingtext
