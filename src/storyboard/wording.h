// SPDX-License-Identifier: LGPL-2.1-or-later
// How it goes, in words; the same ones on a terminal and off it.
#pragma once

#include <string>

#include "storyboard/display.h"

namespace klingtext {

// "about 41 s left", "made in 2 min 3 s", "was there"; empty where there is nothing to say.
std::string time_text(const ShotProgress& shot);
std::string cost_text(const ShotProgress& shot);
std::string duration_text(double seconds);

struct Tally {
  unsigned done = 0;
  unsigned under_way = 0;
  unsigned failed = 0;
  unsigned waiting = 0;
  unsigned submissions = 0;  // of this run, as far as the service accepted them
  Cost cost;                 // of what this run bought
};
Tally tally_of(const Shots& shots);
// "12 shots: 3 done, 8 under way, 1 failed; 9 submissions"
std::string summary(const Shots& shots);

// What there is to say in the end: a sentence for every shot that failed, then the film.
std::string closing_words(const Shots& shots, const Ending& ending);

}  // namespace klingtext
