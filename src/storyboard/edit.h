// SPDX-License-Identifier: LGPL-2.1-or-later
// A shot as it lies in the film, for the formats that other editors read.
#pragma once

#include <string>

#include "storyboard/cut_list.h"

namespace klingtext {

struct Edit {
  unsigned number = 1;  // of the shot
  std::string prompt;
  unsigned take = 1;
  std::string clip;   // the file; empty: missing
  Frames length = 0;  // of the file, in frames of the film
  bool sound = true;
  Cut cut;
  Frames dissolve = 0;  // how much of it lies over the shot before
};

}  // namespace klingtext
