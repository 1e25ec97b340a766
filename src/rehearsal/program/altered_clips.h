// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "rehearsal/program/fault.h"

namespace klingtext::rehearsal {

// Clips whose file is another than the one that was rendered: from the failure on, for good, as a
// file that changed back would be a second failure. Used on the service's thread.
class AlteredClips {
 public:
  AlteredClips();
  ~AlteredClips();
  AlteredClips(const AlteredClips&) = delete;
  AlteredClips& operator=(const AlteredClips&) = delete;

  std::optional<std::filesystem::path> find(const std::string& clip) const;
  // Makes the file: moves the index, fragments, opens the last box, or adds to the end. Takes as
  // long as copying the clip does.
  Outcome alter(const std::string& clip, const std::filesystem::path& original, Fault::Kind kind);

 private:
  std::filesystem::path dir_;
  unsigned made_ = 0;
  std::map<std::string, std::filesystem::path> by_clip_;
};

}  // namespace klingtext::rehearsal
