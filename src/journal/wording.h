// SPDX-License-Identifier: LGPL-2.1-or-later
// Values as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "base/unix_time.h"
#include "journal/record.h"

namespace klingtext {

inline constexpr std::size_t kKeyShown = 8;  // characters of a request key: enough to name it

std::string age_text(std::int64_t submitted, std::int64_t now);
std::string time_text(std::int64_t unix_seconds);  // UTC
std::string day_text(std::int64_t day);            // days since 1970
std::string size_text(std::uint64_t bytes);
std::string cost_text(const Cost& cost);
// Says "rehearsal" where no money is.
std::string cost_text(const Entry& entry);
std::string clip_text(const Record& record);
// What can be done about it; empty where nothing is to be done.
std::string advice(const Record& record);
std::string prompt_of(const Entry& entry);

}  // namespace klingtext
