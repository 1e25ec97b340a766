// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "rehearsal/colour.h"

namespace klingtext::rehearsal {

// The colours of a slate: one hue per prompt, the same lightness for all.
struct SlatePalette {
  explicit SlatePalette(const std::string& prompt);

  Colour ground;      // behind the words
  Colour panel;       // the field that tells shots apart
  Colour panel_deep;  // its lower end
  Colour accent;      // the mark, the moving hand
  Colour ink;         // the prompt, the numbers
  Colour soft;        // second-rank words
  Colour rule;        // thin lines
};

}  // namespace klingtext::rehearsal
