// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's report as bus messages: PROGRESS, klingtext-generation, tags, warnings and the error.
// Called on streaming threads, in pull mode on several at once, and on the thread that stops the
// element.
#pragma once

#include <gst/gst.h>

#include <functional>
#include <optional>
#include <string>

#include "base/guarded.h"
#include "job/job.h"
#include "message_queue.h"

namespace klingtext {

class MessagePoster {
 public:
  // What BUFFERING shows while the generation is waited for.
  struct Wait {
    int percent = 0;
    std::optional<int> seconds_left;
  };

  // Borrows both; the element owns this.
  MessagePoster(GstElement* element, MessageQueue& queue) : element_(element), queue_(queue) {}

  // Only notes that a run began, once; post_start() posts it. May be called with locks held.
  // `price` is what the run costs if it buys; empty: nothing is bought.
  void note_start(const JobReport& report, const std::string& price);
  void post_start(const JobReport& report);
  // What has changed since the last time; nothing when the job's revision is the same. The result
  // is set when the wait for the generation has advanced.
  std::optional<Wait> post_changes(Job& job);
  // Ours comes once and before any other error; later calls post nothing.
  void fail(const Error& error, const std::optional<JobReport>& report,
            const std::function<bool()>& interrupted);
  // Posts CANCELED if a generation was begun and has not ended.
  void cancel();
  // The same, and the next run begins anew.
  void stop();

 private:
  struct Posted {
    bool begun = false;
    bool tagged = false;
    bool ended = false;
    bool failed = false;
    std::optional<std::uint64_t> revision;
    std::optional<JobStatus> status;
    unsigned attempt = 0;  // the failed one that was posted last; 0: none
    std::string text;
    int percent = 0;
    std::size_t warnings = 0;
  };

  GstMessage* progress(GstProgressType type, const std::string& text, int percent,
                       std::optional<int> left = std::nullopt) const;
  GstMessage* generation(const JobReport& report) const;
  void push_warnings(const JobReport& report, Posted& posted);
  // With `posted_` locked, so that the queue has the order of the changes. False when nothing has
  // changed.
  bool push_changes(const JobReport& report, unsigned next_take, Posted& posted);
  void push_canceled(Posted& posted);
  void send_tags(GstTagList* tags);

  GstElement* element_;
  MessageQueue& queue_;
  Guarded<Posted> posted_;
};

}  // namespace klingtext
