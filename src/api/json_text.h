// SPDX-License-Identifier: LGPL-2.1-or-later
// JSON values as text, written here and not by json-glib because the request key is a hash of these
// very bytes: how a number is spelled must never change with a library's version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace klingtext {

std::string json_string(std::string_view utf8);
std::string json_number(double finite);  // the shortest text that reads back the same
std::string json_integer(std::int64_t value);
std::string json_boolean(bool value);

}  // namespace klingtext
