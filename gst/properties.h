// SPDX-License-Identifier: LGPL-2.1-or-later
// The property table of the element: names, types, ranges, defaults, and what they say.
#pragma once

#include <glib-object.h>

#include "source.h"

namespace klingtext {

void install_properties(GObjectClass* object_class);
// False when there is no such property.
bool set_property(Source& source, guint id, const GValue* value);
// False when there is no such property.
bool get_property(Source& source, guint id, GValue* value);
// Notifies every property whose value differs.
void notify_changes(GObject* object, const Settings& before, const Settings& after);

}  // namespace klingtext
