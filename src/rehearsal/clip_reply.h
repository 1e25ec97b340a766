// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>

#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// Answers GET or HEAD of a clip: whole, in part, not modified, 416 or, if the file is gone, 404.
void reply_clip(const Exchange& exchange, const std::filesystem::path& file);

}  // namespace klingtext::rehearsal
