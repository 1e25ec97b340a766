// SPDX-License-Identifier: LGPL-2.1-or-later
// The service that the API key of this run is for.
#pragma once

#include <string>

#include "api/api_client.h"

namespace klingtext {

// What AIMLAPI_BASE_URL names, else the default one.
Result<ServiceUrl> service_in_force();

// The way to it with this key.
Service connection_to(ServiceUrl url, const Secret& key);

}  // namespace klingtext
