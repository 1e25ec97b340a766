// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the API key comes from: the property, else the file, else the environment.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "job/job_spec.h"
#include "settings.h"

namespace klingtext {

Result<Secret> find_api_key(const Settings& settings, const JobSpec::Warn& warn);

}  // namespace klingtext
