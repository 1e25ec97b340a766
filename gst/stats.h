// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "job/job_report.h"

namespace klingtext {

// The `stats` property. Transfer full.
GstStructure* stats_of(const JobReport& report);

}  // namespace klingtext
