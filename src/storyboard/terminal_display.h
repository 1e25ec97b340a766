// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "storyboard/display.h"

namespace klingtext {

// A table that is drawn over itself: one line per shot, or, where the terminal has too few, one per
// shot that is under way.
class TerminalDisplay : public Display {
 public:
  void changed(const Shots& shots, const ShotProgress& shot) override;
  void passed(const Shots& shots) override;
  void rendering(double share) override;
  void ended(const Shots& shots, const Ending& ending) override;

 private:
  void draw(const Shots& shots, std::size_t most_lines);

  std::size_t drawn_ = 0;  // lines on the terminal that are ours
};

}  // namespace klingtext
