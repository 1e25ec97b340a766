// SPDX-License-Identifier: LGPL-2.1-or-later
// Further JSON members of a request, as the GstStructure that sets them.
#pragma once

#include <gst/gst.h>

#include <map>
#include <string>

namespace klingtext {

// Scalars and lists become JSON text; a field of another type is left out with a warning.
std::map<std::string, std::string> json_members(const GstStructure* structure);

}  // namespace klingtext
