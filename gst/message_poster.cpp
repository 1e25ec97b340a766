// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message_poster.h"

#include <gst/base/gstbasesrc.h>

#include <algorithm>

#include "api/poll_schedule.h"
#include "base/glib_ptr.h"
#include "base/text.h"
#include "error_message.h"
#include "progress_text.h"

namespace klingtext {
namespace {

constexpr const char* kCode = "generate";

// What is known when the wait begins.
GstTagList* title_tags(const JobReport& report) {
  GstTagList* tags = gst_tag_list_new_empty();
  gst_tag_list_set_scope(tags, GST_TAG_SCOPE_GLOBAL);
  if (!report.prompt.empty()) {
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_TITLE,
                     one_line(report.prompt, 60).c_str(), GST_TAG_DESCRIPTION,
                     report.prompt.c_str(), nullptr);
  }
  return tags;
}

GstTagList* all_tags(const JobReport& report) {
  GstTagList* tags = title_tags(report);
  if (!report.model.empty()) {
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_ENCODER, report.model.c_str(), nullptr);
  }
  const std::string id = "generation-id=" + valid_text(report.generation_id);
  gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_EXTENDED_COMMENT, id.c_str(), nullptr);
  return tags;
}

bool is_waiting(const JobReport& report) {
  return report.polls > 0 &&
         (report.status == JobStatus::queued || report.status == JobStatus::generating);
}

void add_results(GstStructure* fields, const JobReport& report) {
  gst_structure_set(fields, "reused", G_TYPE_BOOLEAN, report.origin == Origin::reused, nullptr);
  if (report.cost.credits_used) {
    gst_structure_set(fields, "credits-used", G_TYPE_DOUBLE, *report.cost.credits_used, nullptr);
  }
  if (report.cost.usd_spent) {
    gst_structure_set(fields, "usd-spent", G_TYPE_DOUBLE, *report.cost.usd_spent, nullptr);
  }
}

}  // namespace

GstMessage* MessagePoster::progress(GstProgressType type, const std::string& text, int percent,
                                    std::optional<int> left) const {
  GstMessage* message = gst_message_new_progress(GST_OBJECT(element_), type, kCode, text.c_str());
  auto* structure = const_cast<GstStructure*>(gst_message_get_structure(message));
  gst_structure_set(structure, "percent", G_TYPE_INT, percent, nullptr);
  if (left) gst_structure_set(structure, "seconds-left", G_TYPE_INT, *left, nullptr);
  return message;
}

GstMessage* MessagePoster::generation(const JobReport& report) const {
  const auto nanoseconds =
      static_cast<guint64>(std::max(0.0, elapsed(report).count()) * GST_SECOND);
  GstStructure* fields =
      gst_structure_new("klingtext-generation", "generation-id", G_TYPE_STRING,
                        valid_text(report.generation_id).c_str(), "status", G_TYPE_STRING,
                        nick_of(report.status), "elapsed", G_TYPE_UINT64, nanoseconds,
                        "request-key", G_TYPE_STRING, report.request_key.c_str(), nullptr);
  if (const auto left = seconds_left(report)) {
    gst_structure_set(fields, "seconds-left", G_TYPE_INT, *left, nullptr);
  }
  if (report.retry) {
    gst_structure_set(fields, "retrying", G_TYPE_STRING,
                      one_line(report.retry->reason, 200).c_str(), nullptr);
  }
  const std::string clip = valid_path(report.clip_path);
  if (report.status == JobStatus::completed && !clip.empty()) {
    gst_structure_set(fields, "clip", G_TYPE_STRING, clip.c_str(), nullptr);
  }
  if (report.status == JobStatus::completed || report.status == JobStatus::failed) {
    add_results(fields, report);
  }
  return gst_message_new_element(GST_OBJECT(element_), fields);
}

void MessagePoster::note_start(const JobReport& report, const std::string& price) {
  auto posted = posted_.lock();
  if (posted->begun) return;
  *posted = Posted{};
  posted->begun = true;
  queue_.push(progress(GST_PROGRESS_TYPE_START, subject(report) + price, 0));
}

void MessagePoster::post_start(const JobReport& report) {
  queue_.post();
  {
    auto posted = posted_.lock();
    if (!posted->begun || posted->tagged) return;
    posted->tagged = true;
  }
  send_tags(title_tags(report));
}

void MessagePoster::push_warnings(const JobReport& report, Posted& posted) {
  for (; posted.warnings < report.warnings.size(); ++posted.warnings) {
    const GErrorPtr warning(
        g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                            valid_text(report.warnings[posted.warnings]).c_str()));
    queue_.push(gst_message_new_warning(GST_OBJECT(element_), warning.get(), nullptr));
  }
}

bool MessagePoster::push_changes(const JobReport& report, unsigned next_take, Posted& posted) {
  // fail() posts a failure, and idle is no news.
  const bool silent = report.status == JobStatus::failed || report.status == JobStatus::idle;
  std::string text = progress_text(report, next_take);
  if (silent || posted.ended || text == posted.text) return false;
  const unsigned attempt = report.retry ? report.retry->attempt : 0;
  if (posted.status != report.status || posted.attempt != attempt) queue_.push(generation(report));
  posted.status = report.status;
  posted.attempt = attempt;
  posted.percent = std::max(posted.percent, percent_done(elapsed(report), report.estimate));
  posted.ended = report.status == JobStatus::completed;
  queue_.push(posted.ended ? progress(GST_PROGRESS_TYPE_COMPLETE, text, 100)
                           : progress(GST_PROGRESS_TYPE_CONTINUE, text, posted.percent,
                                      seconds_left(report)));
  posted.text = std::move(text);
  return true;
}

std::optional<MessagePoster::Wait> MessagePoster::post_changes(Job& job) {
  const std::uint64_t revision = job.revision();
  if (posted_.lock()->revision == revision) return std::nullopt;
  const JobReport report = job.report();
  std::optional<JobStatus> before;
  bool just_completed = false;
  std::optional<Wait> wait;
  {
    auto posted = posted_.lock();
    // A reader that is late: the run was stopped.
    if (!posted->begun) return std::nullopt;
    posted->revision = revision;
    before = posted->status;
    const bool ended = posted->ended;
    push_warnings(report, *posted);
    (void)push_changes(report, job.spec().request.take + 1, *posted);
    just_completed = !ended && posted->ended;
    if (!posted->ended && is_waiting(report)) wait = {posted->percent, seconds_left(report)};
  }
  queue_.post();
  if (before != report.status) g_object_notify(G_OBJECT(element_), "status");
  if (just_completed) send_tags(all_tags(report));
  return wait;
}

// In pull mode downstream never sees a source's events.
void MessagePoster::send_tags(GstTagList* tags) {
  if (gst_tag_list_is_empty(tags) != FALSE) {
    gst_tag_list_unref(tags);
    return;
  }
  GstPad* pad = GST_BASE_SRC_PAD(element_);
  GST_OBJECT_LOCK(pad);
  const bool pushes = GST_PAD_MODE(pad) == GST_PAD_MODE_PUSH;
  GST_OBJECT_UNLOCK(pad);
  if (pushes) {
    gst_pad_push_event(pad, gst_event_new_tag(tags));
  } else {
    queue_.push(gst_message_new_tag(GST_OBJECT(element_), tags));
    queue_.post();
  }
}

void MessagePoster::fail(const Error& error, const std::optional<JobReport>& report,
                         const std::function<bool()>& interrupted) {
  {
    auto posted = posted_.lock();
    if (!posted->failed) {
      posted->failed = true;
      const bool begun = posted->begun && !posted->ended;
      posted->ended = true;
      if (report && begun) queue_.push(generation(*report));
      queue_.push(new_error_message(element_, error));
      if (begun) {
        queue_.push(
            progress(GST_PROGRESS_TYPE_ERROR, one_line(error.message, 200), posted->percent));
      }
    }
  }
  // The caller returns an error, and GstBaseSrc posts one of its own then.
  queue_.post_and_wait(interrupted);
  g_object_notify(G_OBJECT(element_), "status");
}

void MessagePoster::push_canceled(Posted& posted) {
  if (!posted.begun || posted.ended) return;
  posted.ended = true;
  const bool accepted = posted.status && *posted.status > JobStatus::submitting;
  queue_.push(progress(
      GST_PROGRESS_TYPE_CANCELED,
      accepted ? "Stopped waiting; the generation continues, and the same request resumes it"
               : "Stopped waiting; what was submitted is in the journal",
      posted.percent));
}

void MessagePoster::cancel() {
  push_canceled(*posted_.lock());
  queue_.post();
}

void MessagePoster::stop() {
  {
    auto posted = posted_.lock();
    push_canceled(*posted);
    *posted = Posted{};
  }
  queue_.post();
}

}  // namespace klingtext
