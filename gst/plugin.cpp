// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "gst_log.h"
#include "gstklingtextsrc.h"

static gboolean plugin_init(GstPlugin* plugin) {
  klingtext::register_log();
  return GST_ELEMENT_REGISTER(klingtextsrc, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, klingtext,
                  "Video from text prompts by the AIML API's Kling models", plugin_init, VERSION,
                  "LGPL", PACKAGE, "https://docs.aimlapi.com/")
