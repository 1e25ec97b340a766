// SPDX-License-Identifier: LGPL-2.1-or-later
// What a server sent, in a form that a sentence can quote.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace klingtext {

// One line of at most `max_characters`: white space runs become one space, and the query of every
// URL is left out, because signed links are secrets.
std::string excerpt(std::string_view text, std::size_t max_characters);

// The same of bytes that need not be text: of a web page its title, of binary data its size only.
std::string excerpt_of_bytes(std::string_view bytes, std::size_t max_characters);

// The kind of a file by its first bytes: `a web page`, `a WebM or Matroska file`, `text that begins
// "…"`, `binary data`.
std::string describe_content(std::string_view head);

}  // namespace klingtext
