// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/clip_length.h"

#include <algorithm>
#include <atomic>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;
using EventPtr = GlibPtr<GstEvent, gst_event_unref>;

constexpr GstClockTime kPatience = 60 * GST_SECOND;

class Measuring {
 public:
  explicit Measuring(const std::string& path)
      : pipeline_(ObjectPtr<GstElement>::adopt(
            GST_ELEMENT(g_object_ref_sink(gst_pipeline_new(nullptr))))) {
    GstElement* file = gst_element_factory_make("filesrc", nullptr);
    GstElement* demux = gst_element_factory_make("qtdemux", nullptr);
    if (file == nullptr || demux == nullptr) return;
    g_object_set(file, "location", path.c_str(), nullptr);
    gst_bin_add_many(GST_BIN(pipeline_.get()), file, demux, nullptr);
    g_signal_connect(demux, "pad-added", G_CALLBACK(on_pad), this);
    good_ = gst_element_link(file, demux) != FALSE;
  }
  ~Measuring() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  std::optional<ClipLength> run() {
    if (!good_) return std::nullopt;
    const auto bus = ObjectPtr<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    const MessagePtr message(gst_bus_timed_pop_filtered(
        bus.get(), kPatience, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    if (message == nullptr || GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_EOS || end_ == 0) {
      return std::nullopt;
    }
    return ClipLength{end_, last_picture_};
  }

 private:
  static void on_pad(GstElement*, GstPad* pad, Measuring* self) {
    GstElement* sink = gst_element_factory_make("fakesink", nullptr);
    g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
    gst_bin_add(GST_BIN(self->pipeline_.get()), sink);
    gst_element_sync_state_with_parent(sink);
    const auto to = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(sink, "sink"));
    gst_pad_link(pad, to.get());
    const GCharPtr name(gst_pad_get_name(pad));
    const bool video = g_str_has_prefix(name.get(), "video");
    if (!video && !g_str_has_prefix(name.get(), "audio")) return;
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, video ? on_picture : on_sound, self, nullptr);
  }

  static void raise(std::atomic<GstClockTime>& highest, GstClockTime time) {
    GstClockTime known = highest;
    while (GST_CLOCK_TIME_IS_VALID(time) && time > known &&
           !highest.compare_exchange_weak(known, time)) {
    }
  }

  static GstClockTime stream_time(GstPad* pad, GstClockTime time) {
    const EventPtr event(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
    if (event == nullptr || !GST_CLOCK_TIME_IS_VALID(time)) return GST_CLOCK_TIME_NONE;
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    return gst_segment_to_stream_time(segment, GST_FORMAT_TIME, time);
  }

  static GstPadProbeReturn on_sound(GstPad* pad, GstPadProbeInfo* info, gpointer self) {
    const GstBuffer* sample = GST_PAD_PROBE_INFO_BUFFER(info);
    const GstClockTime length =
        GST_BUFFER_DURATION_IS_VALID(sample) ? GST_BUFFER_DURATION(sample) : 0;
    raise(static_cast<Measuring*>(self)->end_, stream_time(pad, GST_BUFFER_PTS(sample) + length));
    return GST_PAD_PROBE_OK;
  }

  static GstPadProbeReturn on_picture(GstPad* pad, GstPadProbeInfo* info, gpointer self) {
    const GstBuffer* sample = GST_PAD_PROBE_INFO_BUFFER(info);
    raise(static_cast<Measuring*>(self)->last_picture_, stream_time(pad, GST_BUFFER_PTS(sample)));
    return on_sound(pad, info, self);
  }

  ObjectPtr<GstElement> pipeline_;
  bool good_ = false;
  std::atomic<GstClockTime> end_{0};
  std::atomic<GstClockTime> last_picture_{0};
};

}  // namespace

std::optional<ClipLength> measured_length(const std::string& path) {
  return Measuring(path).run();
}

}  // namespace klingtext
