// SPDX-License-Identifier: LGPL-2.1-or-later
// The film as a project of GStreamer Editing Services. On the main thread, after ges_init().
#pragma once

#include <ges/ges.h>

#include <string>
#include <vector>

#include "base/glib_ptr.h"
#include "base/result.h"
#include "storyboard/edit.h"

namespace klingtext {

// What there is for a shot: the file of its clip, or the words for a slate.
struct Material {
  std::string clip;  // empty: missing
  std::string why;   // it is missing
};

struct Timeline {
  ObjectPtr<GESTimeline> timeline;
  double seconds = 0;
  std::vector<unsigned> missing;  // numbers of the shots that have a slate
  std::vector<Edit> edits;        // the same for other editors
};

// A clip that cannot be opened has a slate, too. `slates` is the folder of their pictures.
Result<Timeline> build_timeline(const Storyboard& storyboard, std::vector<Material> material,
                                const std::string& slates);

Outcome save_timeline(const Timeline& timeline, const std::string& path);

}  // namespace klingtext
