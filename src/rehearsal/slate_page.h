// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "rehearsal/slate_layout.h"
#include "rehearsal/slate_palette.h"
#include "rehearsal/slate_text.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

// Draws all of a slate that stands still, as BGRx of the size of the layout.
SurfacePtr draw_slate_page(const Shot& shot, unsigned take, std::uint16_t shot_number,
                           const SlateLayout& layout, const SlatePalette& palette);

}  // namespace klingtext::rehearsal
