// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_log.h"

#include <map>

#include "base/glib_ptr.h"
#include "base/guarded.h"
#include "base/log.h"

GST_DEBUG_CATEGORY_STATIC(klingtext_debug);

namespace klingtext {
namespace {

using ElementPtr = GlibPtr<GstElement, gst_object_unref>;

// The application may call gst_deinit() when its last element is gone; a line that another thread
// is writing then takes microseconds, unless a log function waits for that application.
constexpr std::chrono::milliseconds kLastLines{100};

struct Members {
  std::map<std::uint64_t, GWeakRef> elements;
  std::uint64_t last_number = 0;
  unsigned lines = 0;  // being written, by any thread
};

// Immortal: jobs log while static objects are destroyed.
Guarded<Members>& members() {
  static auto& instance = *new Guarded<Members>;
  return instance;
}

// A log function can drop an element's last reference, and so leave the log within a line.
thread_local unsigned own_lines = 0;

GstDebugLevel gst_level(LogLevel level) {
  switch (level) {
    case LogLevel::warning:
      return GST_LEVEL_WARNING;
    case LogLevel::info:
      return GST_LEVEL_INFO;
    case LogLevel::debug:
      return GST_LEVEL_DEBUG;
    case LogLevel::trace:
      break;
  }
  return GST_LEVEL_LOG;
}

// With no lock held: log functions are the application's.
void log_to_gst(const LogLine& line) {
  ElementPtr element;
  {
    auto all = members().lock();
    if (all->elements.empty()) return;
    const auto owner = all->elements.find(line.owner);
    if (owner != all->elements.end()) {
      element.reset(static_cast<GstElement*>(g_weak_ref_get(&owner->second)));
    }
    ++all->lines;
  }
  ++own_lines;
  const GstDebugLevel level = gst_level(line.level);
  if (level <= gst_debug_category_get_threshold(klingtext_debug)) {
    gst_debug_log(klingtext_debug, level, line.where.file_name(), function_in(line.where).c_str(),
                  static_cast<gint>(line.where.line()), reinterpret_cast<GObject*>(element.get()),
                  "%s", line.text);
  }
  --own_lines;
  --members().lock()->lines;
  members().notify_all();
}

}  // namespace

void register_log() {
  GST_DEBUG_CATEGORY_INIT(klingtext_debug, "klingtextsrc", 0, "text to video source");
  set_log_sink(log_to_gst);
}

LogMembership::LogMembership(GstElement* element) {
  auto all = members().lock();
  number_ = ++all->last_number;
  g_weak_ref_init(&all->elements[number_], element);
}

LogMembership::~LogMembership() {
  auto all = members().lock();
  const auto own = all->elements.find(number_);
  g_weak_ref_clear(&own->second);
  all->elements.erase(own);
  if (!all->elements.empty()) return;
  all.wait_until(std::chrono::steady_clock::now() + kLastLines,
                 [&] { return all->lines <= own_lines; });
}

}  // namespace klingtext
