// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the API key comes from: one that is given, else a file, else the environment.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace klingtext {

struct ApiKeySource {
  Secret key;
  std::string file;
  // For messages: what sets `file`, and what else helps where there is no key.
  std::string file_option = "api-key-file";
  std::string instead = "; or set rehearse=true to try without one";
};

// What should be said without being an error goes to `warn`.
Result<Secret> find_api_key(const ApiKeySource& source,
                            const std::function<void(std::string)>& warn);

}  // namespace klingtext
