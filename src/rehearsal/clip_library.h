// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/render_queue.h"

namespace klingtext::rehearsal {

// MP4s of the user's own, to answer with instead of slates. Once open it may be used on any thread.
class ClipLibrary {
 public:
  // Refused when there is no MP4 in `dir`. Files that come later are not noticed.
  static Result<ClipLibrary> open(const std::filesystem::path& dir);

  // The file whose name says most of what the prompt says, else one by the prompt's hash: the same
  // for the same request. Another take gets the next one.
  const std::filesystem::path& choose(const Shot& shot, unsigned take) const;

  // Puts a copy of the chosen file at `path`. Comes back soon after the stop.
  Outcome copy(const RenderOrder& order, const std::filesystem::path& path,
               const std::stop_token& stop) const;

 private:
  explicit ClipLibrary(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

  std::vector<std::filesystem::path> files_;  // sorted, never empty
};

}  // namespace klingtext::rehearsal
