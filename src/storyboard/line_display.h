// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "storyboard/display.h"

namespace klingtext {

// Plain lines, one per change: for files, pipes and the logs of schedulers.
class LineDisplay : public Display {
 public:
  void changed(const Shots& shots, const ShotProgress& shot) override;
  void rendering(double share) override;
  void ended(const Shots& shots, const Ending& ending) override;

 private:
  int told_ = -1;  // tenths of the film
};

}  // namespace klingtext
