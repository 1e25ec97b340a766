// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "base/error.h"

namespace klingtext {

// GStreamer warns of text that is not UTF-8 and drops it. The text, with U+FFFD for other bytes.
std::string valid_text(const std::string& text);
// A path, or nothing: with other bytes it would name another file.
std::string valid_path(const std::string& path);

// The error as GStreamer's: domain RESOURCE, the code that fits its kind, its sentence, the place
// in the source, and what is known beyond that as details.
GstMessage* new_error_message(GstElement* element, const Error& error);

}  // namespace klingtext
