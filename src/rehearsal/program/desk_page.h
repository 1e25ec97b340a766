// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// The page at `/`: its files, which are in the program, and the policy a browser is to hold it to.
class DeskPage {
 public:
  // `token`: lets the page, and nobody who cannot read it, call for actions.
  explicit DeskPage(std::string token) : token_(std::move(token)) {}

  // False for a path that is none of the page's.
  bool serve(const Exchange& exchange) const;

 private:
  std::string token_;  // of letters and digits
};

}  // namespace klingtext::rehearsal
