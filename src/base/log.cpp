// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.h"

#include <atomic>
#include <cstdarg>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {
std::atomic<LogSink> sink_in_use{nullptr};
}

void set_log_sink(LogSink sink) {
  sink_in_use = sink;
}

LogSink log_sink() {
  return sink_in_use;
}

void log(LogLevel level, const char* format, ...) {
  LogSink sink = sink_in_use;
  if (sink == nullptr) return;
  va_list arguments;
  va_start(arguments, format);
  const GCharPtr text(g_strdup_vprintf(format, arguments));
  va_end(arguments);
  sink(level, text.get());
}

}  // namespace klingtext
