// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "storyboard/display.h"

namespace klingtext {

// One JSON object per line and change. Member names are stable; new ones may come.
class JsonDisplay : public Display {
 public:
  void changed(const Shots& shots, const ShotProgress& shot) override;
  void rendering(double share) override;
  void ended(const Shots& shots, const Ending& ending) override;

 private:
  int told_ = -1;  // hundredths of the film
};

}  // namespace klingtext
