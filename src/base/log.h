// SPDX-License-Identifier: LGPL-2.1-or-later
// One way out for the core's log lines. Silent until a sink is set; the plugin sends them to
// GST_DEBUG. A key, a bearer header and the query string of a clip's URL are never passed.
#pragma once

#include <glib.h>

#include <cstdint>
#include <source_location>
#include <string>

namespace klingtext {

enum class LogLevel { warning, info, debug, trace };

struct LogLine {
  LogLevel level;
  std::source_location where;
  std::uint64_t owner;  // of the thread that logs; 0: none
  const char* text;
};

// Called on whichever thread logs; must be thread-safe and must not call back into the core.
using LogSink = void (*)(const LogLine& line);
void set_log_sink(LogSink sink);
LogSink log_sink();

// While this lives, the lines of the current thread belong to the element of this number.
class LogOwner {
 public:
  explicit LogOwner(std::uint64_t owner);
  ~LogOwner();
  LogOwner(const LogOwner&) = delete;
  LogOwner& operator=(const LogOwner&) = delete;

  // Of the calling thread, to pass on to another one; 0: none.
  static std::uint64_t current();

 private:
  std::uint64_t before_;
};

// A level, and where it was written.
struct LogPoint {
  LogPoint(LogLevel at, std::source_location here = std::source_location::current())  // NOLINT
      : level(at), where(here) {}
  LogLevel level;
  std::source_location where;
};

// The function's name with its scopes, without result and parameters.
std::string function_in(const std::source_location& where);

void log(LogPoint point, const char* format, ...) G_GNUC_PRINTF(2, 3);

}  // namespace klingtext
