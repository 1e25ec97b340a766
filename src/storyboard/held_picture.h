// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <ges/ges.h>

namespace klingtext {

// Repeats the last picture of a clip, which begins at `last_picture`, for as long as the timeline
// asks for pictures. Without this a video that is shorter than its sound ends early: the film is
// filled with the next shot's first picture, and a dissolve begins from black.
void hold_picture(GESClip* clip, GstClockTime last_picture);

}  // namespace klingtext
