// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stats.h"

#include "error_message.h"

namespace klingtext {
namespace {
guint64 nanoseconds(Seconds seconds) {
  return static_cast<guint64>(seconds.count() * GST_SECOND);
}
}  // namespace

GstStructure* stats_of(const JobReport& report) {
  return gst_structure_new(
      "application/x-klingtext-stats", "generation-id", G_TYPE_STRING,
      valid_text(report.generation_id).c_str(), "request-key", G_TYPE_STRING,
      report.request_key.c_str(), "clip", G_TYPE_STRING, valid_path(report.clip_path).c_str(),
      "submissions", G_TYPE_UINT, report.submissions, "polls", G_TYPE_UINT, report.polls, "retries",
      G_TYPE_UINT, report.retries, "bytes", G_TYPE_UINT64, static_cast<guint64>(report.bytes),
      "reused", G_TYPE_BOOLEAN, static_cast<gboolean>(report.origin == Origin::reused),
      "queued-time", G_TYPE_UINT64, nanoseconds(report.queued_time), "generating-time",
      G_TYPE_UINT64, nanoseconds(report.generating_time), "download-time", G_TYPE_UINT64,
      nanoseconds(report.download_time), "credits-used", G_TYPE_DOUBLE,
      report.cost.credits_used.value_or(0), "usd-spent", G_TYPE_DOUBLE,
      report.cost.usd_spent.value_or(0), nullptr);
}

}  // namespace klingtext
