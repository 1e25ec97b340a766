// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a clip cannot be downloaded, and what helps: nothing of it is paid twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace klingtext {

// What another run may overcome. `why` is a part of a sentence.
Error clip_error(const std::string& why);

Error clip_too_large(const std::string& why);

// Of a file without a length that ends at the same byte each time.
Error clip_is_cut(std::uint64_t end);

// `head`: the first bytes, which are named by their kind or quoted. `encoding`: Content-Encoding.
Error clip_is_no_mp4(std::string_view head, const std::string& encoding);

}  // namespace klingtext
