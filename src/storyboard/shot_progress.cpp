// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/shot_progress.h"

namespace klingtext {

const char* name_of(ShotProgress::Status status) {
  switch (status) {
    case ShotProgress::Status::waiting:
      return "waiting";
    case ShotProgress::Status::submitting:
      return "submitting";
    case ShotProgress::Status::queued:
      return "queued";
    case ShotProgress::Status::generating:
      return "generating";
    case ShotProgress::Status::fetching:
      return "fetching";
    case ShotProgress::Status::done:
      return "done";
    case ShotProgress::Status::failed:
      break;
  }
  return "failed";
}

std::optional<Seconds> time_left(const ShotProgress& shot) {
  const bool running = shot.status == ShotProgress::Status::queued ||
                       shot.status == ShotProgress::Status::generating;
  if (!running || shot.report.estimate <= Seconds(0)) return std::nullopt;
  return shot.report.estimate - (std::chrono::steady_clock::now() - shot.report.begun);
}

}  // namespace klingtext
