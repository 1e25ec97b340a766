// SPDX-License-Identifier: LGPL-2.1-or-later
// What stands beside a growing clip: which file of the service it is, and which bytes of it are
// there. One line of JSON, then a line per piece: "begin end".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/extents.h"

namespace klingtext {

// What pins a download to one file on the service's side.
struct Pin {
  std::uint64_t length = 0;
  std::string validator;  // a strong ETag, else Last-Modified; empty: none
};

// A server that sends its file in crumbs must not make the log larger than the clip. What no longer
// goes in is fetched again after a restart.
inline constexpr std::size_t kMaxPartLog = 8 << 20;  // bytes

struct PartLog {
  Pin pin;
  Extents present;
};

std::string part_log_head(const std::optional<Pin>& pin);
std::string part_log_line(ByteRange piece);

// Nothing when the text is of no use: damaged, of an unknown file, or written before the last boot.
// `size` is the clip file's; what a killed writer left incomplete is not counted.
std::optional<PartLog> read_part_log(std::string_view text, std::uint64_t size);

}  // namespace klingtext
