// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/line_display.h"

#include <iostream>

#include "base/text.h"
#include "base/unix_time.h"
#include "storyboard/wording.h"

namespace klingtext {
namespace {
constexpr std::size_t kPromptShown = 60;  // characters

std::string now_text() {
  return utc_text(unix_now(), "%FT%TZ");
}
}  // namespace

void LineDisplay::changed(const Shots&, const ShotProgress& shot) {
  std::string line =
      now_text() + " shot " + std::to_string(shot.number) + ": " + name_of(shot.status);
  for (const std::string& more : {time_text(shot), cost_text(shot)}) {
    if (!more.empty()) line += ", " + more;
  }
  std::cout << line << ": " << one_line(shot.prompt, kPromptShown) << std::endl;
}

void LineDisplay::rendering(double share) {
  const int tenths = static_cast<int>(share * 10);
  if (tenths == told_) return;
  told_ = tenths;
  std::cout << now_text() << " film: " << tenths * 10 << " %" << std::endl;
}

void LineDisplay::ended(const Shots& shots, const Ending& ending) {
  if (!shots.empty()) std::cout << summary(shots) << '\n';
  std::cout << closing_words(shots, ending) << std::flush;
}

}  // namespace klingtext
