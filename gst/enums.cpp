// SPDX-License-Identifier: LGPL-2.1-or-later
#include "enums.h"

#include <gst/gst.h>

#include "job/job_report.h"
#include "settings.h"

namespace klingtext {
namespace {

template <typename Enum>
GEnumValue value(Enum number, const char* name, const char* nick) {
  return {static_cast<gint>(number), name, nick};
}

GType register_once(const char* name, const GEnumValue* values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

}  // namespace

GType aspect_ratio_type() {
  static const GEnumValue values[] = {
      value(AspectRatio::unset, "Not sent: the model decides", "unset"),
      value(AspectRatio::wide, "Landscape, 1920x1080", "16:9"),
      value(AspectRatio::tall, "Portrait, 1080x1920", "9:16"),
      value(AspectRatio::square, "Square, 1080x1080", "1:1"),
      {0, nullptr, nullptr}};
  static const GType type = register_once("GstKlingTextAspectRatio", values);
  return type;
}

GType job_status_type() {
  static const GEnumValue values[] = {
      value(JobStatus::idle, "No generation is awaited", "idle"),
      value(JobStatus::submitting, "The request is being submitted", "submitting"),
      value(JobStatus::queued, "The service has accepted the request and has not begun", "queued"),
      value(JobStatus::generating, "The service generates the video", "generating"),
      value(JobStatus::completed, "The video is generated", "completed"),
      value(JobStatus::failed, "The generation or the run has failed", "failed"),
      {0, nullptr, nullptr}};
  static const GType type = register_once("GstKlingTextStatus", values);
  return type;
}

}  // namespace klingtext
