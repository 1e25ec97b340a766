// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds playback back when it has outrun the download, without flapping: only when a reader had to
// wait for long, not before the first frame, until there is enough to play for a while, and not
// again before that has been played. A demuxer that pulls waits a little for every sample, so its
// waits add up until it has enough ahead; a sink that takes what comes is not playing.
#pragma once

#include <gst/gst.h>

#include "base/guarded.h"
#include "job/job.h"

namespace klingtext {

class Buffering {
 public:
  // Borrows the element, which owns this.
  explicit Buffering(GstElement* element) : element_(element) {}

  // Playback can outrun a film while it is being downloaded, and a cycle that began has an end.
  bool has_to_watch(Clip& clip) {
    return clip.is_whole() ? cycle_.lock()->running : clip.length().has_value();
  }
  // On a streaming thread, before it reads `size` bytes at `offset`: returns when they are there,
  // after a cycle of messages if that took long. Stopped when interrupted.
  Outcome keep_up(Job& job, std::uint64_t offset, std::uint64_t size, GstPadMode mode,
                  const Clip::Interrupted& interrupted);
  // Answers a BUFFERING query in bytes or percent.
  static bool answer(GstQuery* query, Job& job);
  void reset() { *cycle_.lock() = Cycle{}; }

 private:
  struct Cycle {
    bool running = false;
    int told = -1;                 // percent
    std::uint64_t not_before = 0;  // bytes: where the next cycle may begin
    Seconds waited{};              // by readers, since one had enough ahead
  };

  bool may_begin(std::uint64_t offset);
  Outcome fill_up(Job& job, std::uint64_t offset, const Clip::Interrupted& interrupted);
  void tell(int percent);

  GstElement* element_;
  Guarded<Cycle> cycle_;
};

}  // namespace klingtext
