// SPDX-License-Identifier: LGPL-2.1-or-later
// One way out for the core's log lines. Silent until a sink is set; the plugin sends them to
// GST_DEBUG. Nobody passes a key, a bearer header or the query string of a clip's URL.
#pragma once

#include <glib.h>

namespace klingtext {

enum class LogLevel { warning, info, debug, trace };

// Called on whichever thread logs; must be thread-safe and must not call back into the core.
using LogSink = void (*)(LogLevel level, const char* text);
void set_log_sink(LogSink sink);
LogSink log_sink();

void log(LogLevel level, const char* format, ...) G_GNUC_PRINTF(2, 3);

}  // namespace klingtext
