// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_log.h"

#include <gst/gst.h>

#include <mutex>

#include "base/log.h"

GST_DEBUG_CATEGORY_STATIC(klingtext_debug);
#define GST_CAT_DEFAULT klingtext_debug

namespace klingtext {
namespace {

struct Holders {
  std::mutex mutex;
  unsigned count = 0;
};

// Immortal: jobs log while static objects are destroyed.
Holders& holders() {
  static auto& instance = *new Holders;
  return instance;
}

void log_to_gst(LogLevel level, const char* text) {
  const std::scoped_lock lock(holders().mutex);
  if (holders().count == 0) return;
  switch (level) {
    case LogLevel::warning:
      GST_WARNING("%s", text);
      break;
    case LogLevel::info:
      GST_INFO("%s", text);
      break;
    case LogLevel::debug:
      GST_DEBUG("%s", text);
      break;
    case LogLevel::trace:
      GST_LOG("%s", text);
      break;
  }
}

}  // namespace

void register_log() {
  GST_DEBUG_CATEGORY_INIT(klingtext_debug, "klingtextsrc", 0, "text to video source");
  set_log_sink(log_to_gst);
}

void hold_log() {
  const std::scoped_lock lock(holders().mutex);
  ++holders().count;
}

void release_log() {
  const std::scoped_lock lock(holders().mutex);
  --holders().count;
}

}  // namespace klingtext
