// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

std::atomic<LogSink> sink_in_use{nullptr};
thread_local std::uint64_t owner_in_use = 0;

}  // namespace

void set_log_sink(LogSink sink) {
  sink_in_use = sink;
}

LogSink log_sink() {
  return sink_in_use;
}

LogOwner::LogOwner(std::uint64_t owner) : before_(owner_in_use) {
  owner_in_use = owner;
}

LogOwner::~LogOwner() {
  owner_in_use = before_;
}

std::uint64_t LogOwner::current() {
  return owner_in_use;
}

std::string function_in(const std::source_location& where) {
  std::string name = where.function_name();
  name.resize(std::min(name.find('('), name.size()));
  const auto space = name.rfind(' ');
  return space == std::string::npos ? name : name.substr(space + 1);
}

void log(LogPoint point, const char* format, ...) {
  LogSink sink = sink_in_use;
  if (sink == nullptr) return;
  va_list arguments;
  va_start(arguments, format);
  const GCharPtr text(g_strdup_vprintf(format, arguments));
  va_end(arguments);
  sink({point.level, point.where, owner_in_use, text.get()});
}

}  // namespace klingtext
