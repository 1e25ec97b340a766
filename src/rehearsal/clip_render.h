// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <stop_token>

#include "base/result.h"
#include "rehearsal/render_queue.h"

namespace klingtext::rehearsal {

// Renders the slate of an order to an MP4 at `path`, on the calling thread and GStreamer's own;
// needs no main loop. Comes back soon after the stop, with the file half written.
Outcome render_clip(const RenderOrder& order, const std::filesystem::path& path,
                    const std::stop_token& stop);

}  // namespace klingtext::rehearsal
