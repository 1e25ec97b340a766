// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "rehearsal/slate_label.h"
#include "rehearsal/slate_layout.h"
#include "rehearsal/slate_palette.h"
#include "rehearsal/slate_text.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

// Draws all of a slate that stands still, as BGRx of the size of the layout.
SurfacePtr draw_slate_page(const Shot& shot, const SlateLabel& label, const SlateLayout& layout,
                           const SlatePalette& palette);

// The page of a shot that a film lacks: says why, and has a cross instead of the dial's hand.
SurfacePtr draw_missing_page(const Shot& shot, const SlateLabel& label, const std::string& why,
                             const SlateLayout& layout, const SlatePalette& palette);

}  // namespace klingtext::rehearsal
