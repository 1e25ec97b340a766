// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "base/error.h"

namespace klingtext {

// The error as GStreamer's: domain RESOURCE, the code that fits its kind, its sentence, and what is
// known beyond that as details.
GstMessage* new_error_message(GstElement* element, const Error& error);

}  // namespace klingtext
