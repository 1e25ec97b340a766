// SPDX-License-Identifier: LGPL-2.1-or-later
// The core's log lines in GST_DEBUG, with the element they belong to. A job may outlive
// gst_deinit(), after which GStreamer must not be called: so lines are passed on only while there
// is an element.
#pragma once

#include <gst/gst.h>

#include <cstdint>

namespace klingtext {

void register_log();  // in plugin_init

// An element's place in the log, as long as it lives.
class LogMembership {
 public:
  explicit LogMembership(GstElement* element);
  ~LogMembership();
  LogMembership(const LogMembership&) = delete;
  LogMembership& operator=(const LogMembership&) = delete;

  // For LogOwner.
  std::uint64_t number() const { return number_; }

 private:
  std::uint64_t number_;
};

}  // namespace klingtext
