// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include <gst/gst.h>
#include <toml++/toml.h>

namespace klingtext {

// A TOML table as the element's extra-params. Nothing when it holds more than texts, numbers,
// booleans and lists of those.
std::shared_ptr<const GstStructure> extra_values(const toml::table& table);

}  // namespace klingtext
