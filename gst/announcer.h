// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's report as bus messages: PROGRESS, klingtext-generation, tags, warnings and the error.
// Called on streaming threads and, to end things, on the thread that stops the element; messages
// are posted with no lock held, because an application may answer from inside the post.
#pragma once

#include <gst/gst.h>

#include <optional>
#include <vector>

#include "base/guarded.h"
#include "job/job_report.h"

namespace klingtext {

class Announcer {
 public:
  // Borrows the element, which owns this.
  explicit Announcer(GstElement* element) : element_(element) {}

  void begin(const JobReport& report);
  // What is new since the last time.
  void tell(const JobReport& report);
  // Ours comes once and before anybody else's; later calls say nothing.
  void fail(const Error& error, const std::optional<JobReport>& report);
  // The element stops. Says so if a generation was begun and has not ended.
  void stop();

 private:
  struct Told {
    bool begun = false;
    bool ended = false;
    bool failed = false;
    std::optional<JobStatus> status;
    std::string text;
    int percent = 0;
    std::size_t warnings = 0;
  };
  using Messages = std::vector<GstMessage*>;

  GstMessage* progress(GstProgressType type, const std::string& text, int percent) const;
  GstMessage* generation(const JobReport& report) const;
  void add_news(const JobReport& report, Told& told, Messages& messages) const;
  void post(const Messages& messages) const;
  void send_tags(const JobReport& report) const;

  GstElement* element_;
  Guarded<Told> told_;
};

}  // namespace klingtext
