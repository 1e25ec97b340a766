// SPDX-License-Identifier: LGPL-2.1-or-later
// Text from outside, made fit for a sentence, a log line or a comparison.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace klingtext {

std::string trimmed(std::string_view text);

// The first line of bytes nobody vouches for: valid UTF-8, no control characters, cut at
// `max_characters` between characters with an ellipsis.
std::string one_line(std::string_view bytes, std::size_t max_characters);

// SHA-256 as lower-case hex.
std::string sha256_hex(std::string_view bytes);

}  // namespace klingtext
