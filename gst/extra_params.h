// SPDX-License-Identifier: LGPL-2.1-or-later
// Further JSON members of a request, as the GstStructure that sets them.
#pragma once

#include <gst/gst.h>

#include <map>
#include <string>

#include "base/result.h"

namespace klingtext {

// Scalars and lists become JSON text; a field of another type is a settings error: a request that
// is not the one that was meant must not be bought. Null has no members.
Result<std::map<std::string, std::string>> json_members(const GstStructure* structure);

}  // namespace klingtext
