// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>

#include "storyboard/film_format.h"
#include "storyboard/interrupt.h"
#include "storyboard/timeline.h"

namespace klingtext {

// Renders the timeline to the file, which has its name only when it is whole. Runs the default main
// context; stopped when the interrupt came.
Outcome render_film(const Timeline& timeline, const std::string& path,
                    const ObjectPtr<GstEncodingProfile>& profile, const Interrupt& interrupt,
                    const std::function<void(double share)>& progress);

}  // namespace klingtext
