// SPDX-License-Identifier: LGPL-2.1-or-later
#include "announcer.h"

#include <gst/base/gstbasesrc.h>

#include <algorithm>
#include <cmath>

#include "api/poll_schedule.h"
#include "base/glib_ptr.h"
#include "base/text.h"
#include "enums.h"
#include "error_message.h"

namespace klingtext {
namespace {

constexpr const char* kCode = "generate";

const char* nick_of(JobStatus status) {
  auto* type = static_cast<GEnumClass*>(g_type_class_peek_static(job_status_type()));
  const GEnumValue* value =
      type == nullptr ? nullptr : g_enum_get_value(type, static_cast<gint>(status));
  return value == nullptr ? "unknown" : value->value_nick;
}

Seconds elapsed(const JobReport& report) {
  return std::chrono::steady_clock::now() - report.begun;
}

std::string seconds_text(Seconds seconds) {
  return std::to_string(static_cast<long>(std::max(0.0, std::round(seconds.count())))) + " s";
}

std::string subject(const JobReport& report) {
  return report.prompt.empty() ? "Generation " + one_line(report.generation_id, 30)
                               : "\"" + one_line(report.prompt, 32) + "\"";
}

// Empty where the journal does not know when.
std::string made_on(const JobReport& report) {
  const GDateTimePtr time(g_date_time_new_from_unix_local(report.submitted));
  if (report.submitted == 0 || time == nullptr) return {};
  const GCharPtr text(g_date_time_format(time.get(), "%F %R"));
  return text.get();
}

std::string progress_text(const JobReport& report) {
  std::string text = subject(report) + ": " + nick_of(report.status);
  const std::string made = report.origin == Origin::reused ? made_on(report) : "";
  if (report.status == JobStatus::completed) {
    if (!made.empty()) return text + ", made on " + made + "; another take makes another";
    return text + " after " + seconds_text(elapsed(report));
  }
  text += ", " + seconds_text(elapsed(report));
  const Seconds left = report.estimate - elapsed(report);
  if (report.estimate > Seconds(0)) {
    text += left > Seconds(0) ? ", about " + seconds_text(left) + " left" : ", longer than usual";
  }
  if (!made.empty()) text += " (submitted on " + made + "; another take makes another)";
  return text;
}

}  // namespace

GstMessage* Announcer::progress(GstProgressType type, const std::string& text, int percent) const {
  GstMessage* message = gst_message_new_progress(GST_OBJECT(element_), type, kCode, text.c_str());
  auto* structure = const_cast<GstStructure*>(gst_message_get_structure(message));
  gst_structure_set(structure, "percent", G_TYPE_INT, percent, nullptr);
  return message;
}

GstMessage* Announcer::generation(const JobReport& report) const {
  const auto nanoseconds =
      static_cast<guint64>(std::max(0.0, elapsed(report).count()) * GST_SECOND);
  GstStructure* fields = gst_structure_new(
      "klingtext-generation", "generation-id", G_TYPE_STRING, report.generation_id.c_str(),
      "status", G_TYPE_STRING, nick_of(report.status), "elapsed", G_TYPE_UINT64, nanoseconds,
      "request-key", G_TYPE_STRING, report.request_key.c_str(), nullptr);
  if (report.status == JobStatus::completed) {
    gst_structure_set(fields, "clip", G_TYPE_STRING, report.clip_path.c_str(), nullptr);
  }
  if (report.status == JobStatus::completed || report.status == JobStatus::failed) {
    gst_structure_set(fields, "reused", G_TYPE_BOOLEAN, report.origin == Origin::reused, nullptr);
    if (report.cost.credits_used) {
      gst_structure_set(fields, "credits-used", G_TYPE_DOUBLE, *report.cost.credits_used, nullptr);
    }
    if (report.cost.usd_spent) {
      gst_structure_set(fields, "usd-spent", G_TYPE_DOUBLE, *report.cost.usd_spent, nullptr);
    }
  }
  return gst_message_new_element(GST_OBJECT(element_), fields);
}

void Announcer::enqueue(GstMessage* message) {
  queue_.lock()->messages.push_back(message);
}

void Announcer::post() {
  while (true) {
    GstMessage* message = nullptr;
    {
      auto queue = queue_.lock();
      if (queue->posting || queue->messages.empty()) return;
      queue->posting = true;
      message = queue->messages.front();
      queue->messages.pop_front();
    }
    gst_element_post_message(element_, message);
    queue_.lock()->posting = false;
  }
}

void Announcer::begin(const JobReport& report) {
  auto told = told_.lock();
  if (told->begun) return;
  *told = Told{};
  told->begun = true;
  enqueue(progress(GST_PROGRESS_TYPE_START, subject(report), 0));
}

bool Announcer::enqueue_news(const JobReport& report, Told& told) {
  const bool warned = told.warnings < report.warnings.size();
  for (; told.warnings < report.warnings.size(); ++told.warnings) {
    const GErrorPtr warning(g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                                                report.warnings[told.warnings].c_str()));
    enqueue(gst_message_new_warning(GST_OBJECT(element_), warning.get(), nullptr));
  }
  // fail() tells of a failure, and idle is nothing to tell of.
  const bool silent = report.status == JobStatus::failed || report.status == JobStatus::idle;
  const bool changed = told.status != report.status;
  std::string text = progress_text(report);
  if (silent || told.ended || text == told.text) return warned;
  told.status = report.status;
  if (changed) enqueue(generation(report));
  told.percent = std::max(told.percent, percent_done(elapsed(report), report.estimate));
  told.ended = report.status == JobStatus::completed;
  enqueue(told.ended ? progress(GST_PROGRESS_TYPE_COMPLETE, text, 100)
                     : progress(GST_PROGRESS_TYPE_CONTINUE, text, told.percent));
  told.text = std::move(text);
  return true;
}

void Announcer::tell(Job& job) {
  const std::uint64_t revision = job.revision();
  if (told_.lock()->revision == revision) return;
  const JobReport report = job.report();
  bool news = false;
  bool just_completed = false;
  {
    auto told = told_.lock();
    // A reader that is late: the run was stopped.
    if (!told->begun) return;
    told->revision = revision;
    const bool ended = told->ended;
    news = enqueue_news(report, *told);
    just_completed = !ended && told->ended;
  }
  post();
  if (news) g_object_notify(G_OBJECT(element_), "status");
  if (just_completed) send_tags(report);
}

void Announcer::send_tags(const JobReport& report) {
  GstTagList* tags = gst_tag_list_new_empty();
  if (!report.prompt.empty()) {
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_TITLE,
                     one_line(report.prompt, 60).c_str(), GST_TAG_DESCRIPTION,
                     report.prompt.c_str(), nullptr);
  }
  if (!report.model.empty()) {
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_ENCODER, report.model.c_str(), nullptr);
  }
  const std::string id = "generation-id=" + report.generation_id;
  gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_EXTENDED_COMMENT, id.c_str(), nullptr);
  gst_tag_list_set_scope(tags, GST_TAG_SCOPE_GLOBAL);
  // In pull mode downstream never sees a source's events.
  GstPad* pad = GST_BASE_SRC_PAD(element_);
  if (GST_PAD_MODE(pad) == GST_PAD_MODE_PUSH) {
    gst_pad_push_event(pad, gst_event_new_tag(tags));
  } else {
    gst_element_post_message(element_, gst_message_new_tag(GST_OBJECT(element_), tags));
  }
}

void Announcer::fail(const Error& error, const std::optional<JobReport>& report) {
  {
    auto told = told_.lock();
    if (told->failed) return;
    told->failed = true;
    const bool begun = told->begun && !told->ended;
    told->ended = true;
    if (report && begun) enqueue(generation(*report));
    enqueue(new_error_message(element_, error));
    if (begun) {
      enqueue(progress(GST_PROGRESS_TYPE_ERROR, one_line(error.message, 200), told->percent));
    }
  }
  post();
  g_object_notify(G_OBJECT(element_), "status");
}

void Announcer::enqueue_canceled(Told& told) {
  if (!told.begun || told.ended) return;
  told.ended = true;
  enqueue(progress(GST_PROGRESS_TYPE_CANCELED,
                   "Stopped waiting; the generation goes on and is found again by the same request",
                   told.percent));
}

void Announcer::cancel() {
  enqueue_canceled(*told_.lock());
  post();
}

void Announcer::stop() {
  {
    auto told = told_.lock();
    enqueue_canceled(*told);
    *told = Told{};
  }
  post();
}

}  // namespace klingtext
