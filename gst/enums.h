// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

namespace klingtext {

GType aspect_ratio_type();
GType job_status_type();

}  // namespace klingtext
