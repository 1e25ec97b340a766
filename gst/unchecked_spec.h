// SPDX-License-Identifier: LGPL-2.1-or-later
// Property descriptions that take every value of the C type. GLib's own refuse NaN and unknown enum
// numbers with a warning, and the property keeps its value without an error to the application;
// these values are refused by name when a run begins.
#pragma once

#include <glib-object.h>

namespace klingtext {

// Floating, as g_param_spec_enum() and g_param_spec_double() return them.
GParamSpec* unchecked_enum_spec(const char* name, const char* nick, const char* blurb, GType type,
                                gint standard, GParamFlags flags);
GParamSpec* unchecked_double_spec(const char* name, const char* nick, const char* blurb,
                                  gdouble standard, GParamFlags flags);

}  // namespace klingtext
