// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>

namespace klingtext {

// Of an MP4, in stream time.
struct ClipLength {
  GstClockTime end = 0;           // of the last sample of picture or sound
  GstClockTime last_picture = 0;  // where it begins
};

// By the samples. What the file declares may be less: qtdemux 1.22 reports the duration of a
// fragmented file without `mehd` without its last fragment. Nothing where the file cannot be read
// to its end.
std::optional<ClipLength> measured_length(const std::string& path);

}  // namespace klingtext
