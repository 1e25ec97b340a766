// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "base/log.h"
#include "gstklingtextsrc.h"

GST_DEBUG_CATEGORY_STATIC(klingtext_debug);
#define GST_CAT_DEFAULT klingtext_debug

namespace {

void log_to_gst(klingtext::LogLevel level, const char* text) {
  switch (level) {
    case klingtext::LogLevel::warning:
      GST_WARNING("%s", text);
      break;
    case klingtext::LogLevel::info:
      GST_INFO("%s", text);
      break;
    case klingtext::LogLevel::debug:
      GST_DEBUG("%s", text);
      break;
    case klingtext::LogLevel::trace:
      GST_LOG("%s", text);
      break;
  }
}

gboolean plugin_init(GstPlugin* plugin) {
  GST_DEBUG_CATEGORY_INIT(klingtext_debug, "klingtextsrc", 0, "text to video source");
  klingtext::set_log_sink(log_to_gst);
  return GST_ELEMENT_REGISTER(klingtextsrc, plugin);
}

}  // namespace

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, klingtext,
                  "Video from text prompts by the AIML API's Kling models", plugin_init, VERSION,
                  "LGPL", PACKAGE, "https://docs.aimlapi.com/")
