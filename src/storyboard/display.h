// SPDX-License-Identifier: LGPL-2.1-or-later
// Whoever shows how it goes. Called on the main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storyboard/shot_progress.h"

namespace klingtext {

using Shots = std::vector<ShotProgress>;

// How it ended.
struct Ending {
  std::string film;      // empty: none was made
  std::string timeline;  // beside it, as the next two
  std::string otio;
  std::string edl;
  double seconds = 0;             // of film
  std::vector<unsigned> missing;  // numbers of the shots whose clips are not there
  std::optional<Error> trouble;   // why there is no film; nothing: none was wanted, or stopped
  int signal = 0;                 // that stopped it; 0: none
};

class Display {
 public:
  virtual ~Display() = default;
  virtual void changed(const Shots& shots, const ShotProgress& shot) = 0;
  // About once a second, for what changes by itself.
  virtual void passed(const Shots&) {}
  virtual void rendering(double share) = 0;  // of the film, 0..1
  virtual void ended(const Shots& shots, const Ending& ending) = 0;
};

}  // namespace klingtext
