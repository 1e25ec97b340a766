// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's report as bus messages: PROGRESS, klingtext-generation, tags, warnings and the error.
// Called on streaming threads, in pull mode on several at once, and on the thread that stops the
// element. Messages are posted with no lock held, because an application may answer from inside the
// post, and yet in the order in which they came to be: whoever is posting posts the others' as
// well.
#pragma once

#include <gst/gst.h>

#include <deque>
#include <optional>

#include "base/guarded.h"
#include "job/job.h"

namespace klingtext {

class Announcer {
 public:
  // Borrows the element, which owns this.
  explicit Announcer(GstElement* element) : element_(element) {}

  // Only notes that a run began; post() tells of it. May be called with locks held.
  void begin(const JobReport& report);
  void post();
  // What is new since the last time; nothing is when the job's revision is the one told last.
  void tell(Job& job);
  // Ours comes once and before anybody else's; later calls say nothing.
  void fail(const Error& error, const std::optional<JobReport>& report);
  // Nobody waits any more. Says so if a generation was begun and has not ended.
  void cancel();
  // The same, and the next run begins anew.
  void stop();

 private:
  struct Told {
    bool begun = false;
    bool ended = false;
    bool failed = false;
    std::optional<std::uint64_t> revision;
    std::optional<JobStatus> status;
    std::string text;
    int percent = 0;
    std::size_t warnings = 0;
  };
  struct Queue {
    std::deque<GstMessage*> messages;
    bool posting = false;  // by some thread
  };

  GstMessage* progress(GstProgressType type, const std::string& text, int percent) const;
  GstMessage* generation(const JobReport& report) const;
  // With `told_` locked, so that the queue has the order of what was told.
  void enqueue(GstMessage* message);
  // False when nothing is.
  bool enqueue_news(const JobReport& report, Told& told);
  void enqueue_canceled(Told& told);
  void send_tags(const JobReport& report);

  GstElement* element_;
  Guarded<Told> told_;
  Guarded<Queue> queue_;
};

}  // namespace klingtext
