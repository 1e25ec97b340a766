// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/help_text.h"

#include <glib.h>

#include <iostream>
#include <string>

namespace klingtext {

void print_help_without_ellipsis() {
  g_set_print_handler([](const char* text) {
    std::string plain(text);
    const std::string ellipsis = "…";
    for (auto at = plain.find(ellipsis); at != std::string::npos; at = plain.find(ellipsis)) {
      plain.replace(at, ellipsis.size(), "...");
    }
    std::cout << plain << std::flush;
  });
}

}  // namespace klingtext
