// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <ges/ges.h>

#include "base/glib_ptr.h"
#include "storyboard/storyboard.h"

namespace klingtext {

// The raw format of a film that timecode is drawn on.
inline constexpr const char* kBurnInFormat = "BGRx";

// Draws the film's timecode on every picture that leaves the timeline, below the middle. Before the
// timeline runs.
void burn_in_timecode(GESTimeline* timeline, const Film& film);

}  // namespace klingtext
