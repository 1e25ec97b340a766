// SPDX-License-Identifier: LGPL-2.1-or-later
// The rehearsal service inside this process: on loopback, on a random port, behind a random key.
#pragma once

#include <string>

#include "api/api_client.h"

namespace klingtext {

// Started for the first job of a store that needs it, gone with the last. Its generations stay in
// the store, so an id outlives both.
Result<Service> connect_rehearsal(const std::string& store_path, const HttpSettings& http);

}  // namespace klingtext
