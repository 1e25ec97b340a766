// SPDX-License-Identifier: LGPL-2.1-or-later
// A storyboard's file, as it may come from somebody else with a project.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/target.h"
#include "storyboard/cut_list.h"
#include "storyboard/storyboard_file.h"

namespace klingtext {
namespace {

using fuzz::must;

void check(const Shot& shot) {
  const Settings& settings = shot.settings;
  must(settings.prompt && !settings.prompt->empty(), "a shot has a prompt");
  must(settings.duration >= 1 && settings.duration <= 60, "a clip has a length");
  must(settings.cfg_scale == Settings().cfg_scale ||
           (settings.cfg_scale >= 0 && settings.cfg_scale <= 1),
       "a scale is within, or not said");
  must(settings.take >= 1, "takes count from one");
  must(shot.in >= 0 && shot.in < settings.duration, "a shot begins within its clip");
  must(!shot.out || (*shot.out > shot.in && *shot.out <= settings.duration),
       "a shot ends within its clip, after it began");
}

void check(const Film& film) {
  for (const int side : {film.width, film.height}) {
    must(side >= 16 && side <= 8192 && side % 2 == 0, "a picture can be coded");
  }
  must(film.rate.denominator >= 1 && film.rate.numerator >= film.rate.denominator, "a film moves");
}

// One shot begins before the one before it ends, or where it ends, and never before it.
void check_cuts(const Storyboard& storyboard) {
  const std::vector<std::optional<double>> lengths(storyboard.shots.size());
  Frames begin = 0;
  Frames end = 0;
  for (const Cut& cut : cut_list(storyboard, lengths)) {
    must(cut.length >= 1 && cut.in >= 0, "every shot is seen");
    must(cut.start >= begin && cut.start <= end, "the film has no gap");
    begin = cut.start;
    end = cut.start + cut.length;
  }
  (void)check_dissolves(storyboard);
}

}  // namespace
}  // namespace klingtext

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  // The values of extra-params are GStreamer's; its plugins are not needed for them.
  static const bool ready = g_setenv("GST_REGISTRY_DISABLE", "yes", TRUE) != FALSE &&
                            gst_init_check(nullptr, nullptr, nullptr) != FALSE;
  fuzz::must(ready, "GStreamer is there");
  static const int fd = memfd_create("storyboard", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  fuzz::must(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) >= 0, "there is memory");
  const auto storyboard = read_storyboard(path);
  if (storyboard.failed()) {
    fuzz::must(storyboard.error().message.starts_with(path + ": "), "a complaint names the file");
    return 0;
  }
  fuzz::must(!storyboard->shots.empty(), "a film has a shot");
  for (const Shot& shot : storyboard->shots) check(shot);
  check(storyboard->film);
  check_cuts(*storyboard);
  return 0;
}
