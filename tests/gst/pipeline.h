// SPDX-License-Identifier: LGPL-2.1-or-later
// A pipeline that keeps every message its bus gets, in order, and can be waited for.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/glib_ptr.h"
#include "base/guarded.h"
#include "message.h"

namespace klingtext::test {

using ElementPtr = GlibPtr<GstElement, gst_object_unref>;
using PadPtr = GlibPtr<GstPad, gst_object_unref>;

class Pipeline {
 public:
  // Generous: nothing waits that long but a broken test.
  static constexpr std::chrono::seconds kPatience{30};

  // As gst-launch-1.0 would take it; throws what it would complain about. A line of one element
  // that is a pipeline itself (playbin) is that pipeline.
  explicit Pipeline(const std::string& line);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  GstElement* get() const { return pipeline_.get(); }
  ElementPtr named(const std::string& name) const;
  // Called with the source as soon as a bin (playbin, uridecodebin…) has made it.
  void on_source_setup(const std::string& bin, std::function<void(GstElement*)> setup);

  GstStateChangeReturn set_state(GstState state) {
    return gst_element_set_state(pipeline_.get(), state);
  }
  // READY and NULL do not wait for anything in a working element; this says whether they did not.
  [[nodiscard]] bool stop() { return set_state(GST_STATE_NULL) == GST_STATE_CHANGE_SUCCESS; }

  // Waits for messages to make it true. False when patience ran out.
  bool wait_for(const std::function<bool(const Messages&)>& predicate) const;
  // Until EOS or an error.
  bool wait_for_end() const;
  bool wait_for_state(GstState state) const;
  // PLAYING until it ends; true when that was EOS.
  bool play();
  // PAUSED until it has prerolled.
  bool preroll();

  Messages messages() const;
  void forget_messages();
  std::string errors() const;  // to print when a test fails

 private:
  struct Heard {
    Guarded<Messages> messages;
    std::function<void(GstElement*)> setup;
  };
  static GstBusSyncReply keep(GstBus*, GstMessage* message, gpointer data);

  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
  ElementPtr pipeline_;
};

ElementPtr make_element(const std::string& factory);

}  // namespace klingtext::test
