// SPDX-License-Identifier: LGPL-2.1-or-later
// The core's log lines in GST_DEBUG. A job may outlive gst_deinit(), after which GStreamer must not
// be called: so lines are passed on only while an element holds the log.
#pragma once

namespace klingtext {

void register_log();  // in plugin_init
void hold_log();
void release_log();

}  // namespace klingtext
