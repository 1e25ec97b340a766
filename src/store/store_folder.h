// SPDX-License-Identifier: LGPL-2.1-or-later
// Folders of the store, and the sentences for what is wrong with it.
#pragma once

#include <string>

#include "base/error.h"
#include "base/unique_fd.h"
#include "store/look_again.h"

namespace klingtext {

inline constexpr const char* kDraftsFolder = "drafts";

Error store_error(const std::string& path, const std::string& why, const std::string& next);

// errno on failure.
UniqueFd open_folder_at(int parent, const std::string& path);
// A folder that exists, as another host may just have made it. errno on failure.
UniqueFd open_made_folder_at(int parent, const std::string& path, LookAgain again);

}  // namespace klingtext
