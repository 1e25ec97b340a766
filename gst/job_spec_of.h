// SPDX-License-Identifier: LGPL-2.1-or-later
// From the element's settings to what a job needs; every setting is judged here, before anything
// is sent.
#pragma once

#include "job/job_spec.h"
#include "settings.h"

namespace klingtext {

Result<JobSpec> job_spec_of(const Settings& settings);

}  // namespace klingtext
