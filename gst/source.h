// SPDX-License-Identifier: LGPL-2.1-or-later
// The C++ inside the element: settings, the job it is attached to, and how bytes get from there
// into buffers. An instance that never demanded data holds nothing.
#pragma once

#include <gst/base/gstbasesrc.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "base/guarded.h"
#include "buffering.h"
#include "gst_log.h"
#include "job/job_registry.h"
#include "message_poster.h"
#include "message_queue.h"
#include "read_gate.h"
#include "settings.h"

namespace klingtext {

class Source {
 public:
  // Borrows the element, which owns this.
  explicit Source(GstBaseSrc* element);
  // Not before a rehearsal that was running here has put away its own pipeline: the application
  // may call gst_deinit() next.
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  Guarded<Settings>& settings() { return settings_; }
  JobReport report();
  // idle while no job is attached; report() keeps the one before.
  JobStatus status();
  std::optional<std::uint64_t> length();
  bool answer_buffering(GstQuery* query);

  // False when the settings are refused; the error is posted then. Nothing else happens here.
  bool start();
  // On streaming threads, in pull mode on several at once.
  GstFlowReturn create(std::uint64_t offset, guint size, GstBuffer** buffer);
  // On any thread, at any time; never waits.
  void unlock();
  void unlock_stop() { gate_.open(); }
  // Was told to send EOS: nothing is waited for any more.
  void end() { poster_.cancel(); }
  // Before basesrc gets a seek: without a flush it waits for the streaming thread before it calls
  // unlock().
  void prepare_seek(GstEvent* event);
  void stop();

 private:
  struct PadState {
    GstPadMode mode;
    bool flushing;
    bool linked;
  };
  // Read at once, under the pad's object lock.
  PadState pad_state();
  bool must_leave(std::uint64_t entered);
  // An error when the settings are refused.
  Result<std::shared_ptr<JobHandle>> attached(std::uint64_t entered);
  std::shared_ptr<JobHandle> attached_or_null() { return attached_.lock()->handle; }
  Result<std::size_t> read(Job& job, std::uint64_t offset, std::span<char> into,
                           std::uint64_t entered);
  void note_length(Job& job);
  GstFlowReturn fail(const Error& error, const std::optional<JobReport>& report,
                     std::uint64_t entered);
  void wake_readers();
  bool uses_buffering(Job& job);

  struct Attached {
    std::shared_ptr<JobHandle> handle;
    JobReport last;                // of the job before, once it is let go
    std::weak_ptr<Job> rehearsal;  // the job before, if it was one
  };

  GstBaseSrc* element_;
  LogMembership log_membership_;
  Guarded<Settings> settings_;
  Guarded<Attached> attached_;
  ReadGate gate_;
  std::atomic<std::chrono::steady_clock::time_point> started_{};
  std::atomic<std::uint64_t> next_offset_{0};  // behind the last buffer
  MessageQueue queue_;
  MessagePoster poster_;
  Buffering buffering_;
};

}  // namespace klingtext
