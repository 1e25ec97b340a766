// SPDX-License-Identifier: LGPL-2.1-or-later
// How the film is coded: by the ending of its name.
#pragma once

#include <gst/pbutils/pbutils.h>

#include <optional>
#include <string>

#include "base/glib_ptr.h"
#include "base/result.h"
#include "storyboard/storyboard.h"

namespace klingtext {

enum class Container { mp4, webm };

std::optional<Container> container_of(const std::string& path);
// Before anything is bought: whether this machine can code the film.
Outcome check_encoders(Container container);
ObjectPtr<GstEncodingProfile> encoding_profile(Container container, const Film& film);

std::string video_caps_text(const Film& film);
constexpr const char* kAudioCaps = "audio/x-raw,rate=48000,channels=2";

}  // namespace klingtext
