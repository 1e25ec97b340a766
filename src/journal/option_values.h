// SPDX-License-Identifier: LGPL-2.1-or-later
// Days as they are spelled on the command line, in UTC.
#pragma once

#include <optional>
#include <string>

#include "journal/command_line.h"

namespace klingtext {

// Whether a record can have it.
bool is_status(const std::string& word);

// "2026-11"
std::optional<CommandLine::Days> days_of_month(const std::string& month);
// "2026-11-30"
std::optional<CommandLine::Days> days_since(const std::string& date);

}  // namespace klingtext
