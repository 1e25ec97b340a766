// SPDX-License-Identifier: LGPL-2.1-or-later
// BUFFERING messages. While the generation is waited for they show its progress, which is what
// players have a display for. During playback they hold it back when it has outrun the download,
// without flapping: only when a reader had to wait for long, not before the first frame, until
// there is enough to play for a while, and not again before that has been played. A demuxer that
// pulls waits a little for every sample, so its waits add up until it has enough ahead; a sink that
// takes what comes is not playing.
#pragma once

#include <gst/gst.h>

#include "base/guarded.h"
#include "job/job.h"
#include "message_queue.h"

namespace klingtext {

class Buffering {
 public:
  // Borrows both; the element owns this.
  Buffering(GstElement* element, MessageQueue& queue) : element_(element), queue_(queue) {}

  // While the generation is waited for: posts the percentage, at most 99, where it has risen.
  void post_wait(int percent, std::optional<int> seconds_left);
  // With the first byte: posts 100 if there was a wait.
  void end_wait();

  // Playback can outrun a film while it is being downloaded, and a cycle that began has an end.
  bool has_to_watch(Clip& clip) {
    return clip.is_whole() ? cycle_.lock()->phase == Phase::playing : clip.length().has_value();
  }
  // On a streaming thread, before it reads `size` bytes at `offset`: returns when they are there,
  // after a cycle of messages if that took long. Stopped when interrupted.
  Outcome keep_up(Job& job, std::uint64_t offset, std::uint64_t size, GstPadMode mode,
                  const Clip::Interrupted& interrupted);
  // Answers a BUFFERING query in bytes or percent.
  static bool answer(GstQuery* query, Job& job);
  void reset() { *cycle_.lock() = Cycle{}; }

 private:
  enum class Phase { none, generating, playing };
  struct Cycle {
    Phase phase = Phase::none;
    int told = -1;                 // percent
    std::uint64_t not_before = 0;  // bytes: where the next cycle may begin
    Seconds waited{};              // by readers, since one had enough ahead
  };

  bool may_begin(std::uint64_t offset);
  Outcome fill_up(Job& job, std::uint64_t offset, const Clip::Interrupted& interrupted);
  // Where the percentage has risen. With the cycle locked, so that the queue has the order.
  void push(Cycle& cycle, int percent, std::optional<int> seconds_left);

  GstElement* element_;
  MessageQueue& queue_;
  Guarded<Cycle> cycle_;
};

}  // namespace klingtext
