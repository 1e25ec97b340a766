// SPDX-License-Identifier: LGPL-2.1-or-later
// The names of the journal's files, and what is said of those that cannot be used.
#pragma once

#include <string>

#include "store/entry.h"
#include "store/store_files.h"

namespace klingtext {

inline constexpr std::size_t kMaxEntry = 1 << 20;  // bytes; a prompt has at most 10 kB

std::string first_file(const std::string& key);
// The file of the submission that follows when the one with this id is given up.
std::string next_file(const std::string& key, const std::string& client_request_id);
// The request key in the name of an entry's file; empty for other files.
std::string key_in(const std::string& file);

Error damaged_entry(const StoreFiles& files, const std::string& file, const std::string& key);
Error newer_entry(const StoreFiles& files, const std::string& file);
Error changed_meanwhile(const StoreFiles& files, const Entry& seen);

}  // namespace klingtext
