// SPDX-License-Identifier: LGPL-2.1-or-later
// Where every shot lies in the film, in frames of the film. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "storyboard/storyboard.h"

namespace klingtext {

using Frames = std::int64_t;

struct Cut {
  Frames start = 0;   // in the film
  Frames in = 0;      // in the clip
  Frames length = 0;  // at least 1
};

// `lengths` are those of the clips in seconds; nothing where there is none (yet). A shot's dissolve
// overlaps the one before; where clips turn out shorter than they were ordered, so does it.
std::vector<Cut> cut_list(const Storyboard& storyboard,
                          std::span<const std::optional<double>> lengths);

// Whether the shots are long enough for their dissolves.
Outcome check_dissolves(const Storyboard& storyboard);

// How many frames there is material for.
Frames whole_frames(double seconds, const Rate& rate);

std::uint64_t nanoseconds(Frames frames, const Rate& rate);

}  // namespace klingtext
