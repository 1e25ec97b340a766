// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/held_picture.h"

#include <memory>
#include <mutex>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

using IteratorPtr = GlibPtr<GstIterator, gst_iterator_free>;

// What the timeline asked for last, in stream time: set on the thread that seeks, read on the one
// that streams.
struct Wanted {
  std::mutex mutex;
  GstClockTime last_picture = 0;
  GstClockTime start = GST_CLOCK_TIME_NONE;  // where it lies behind the last picture
  GstClockTime stop = GST_CLOCK_TIME_NONE;
  GstClockTime held = GST_CLOCK_TIME_NONE;  // the timestamp of the last picture, moved to `start`
};

void replace_event(GstPadProbeInfo* info, GstEvent* replacement) {
  gst_event_set_seqnum(replacement, gst_event_get_seqnum(GST_PAD_PROBE_INFO_EVENT(info)));
  gst_event_replace(reinterpret_cast<GstEvent**>(&info->data), replacement);
  gst_event_unref(replacement);
}

// A seek to behind the last picture would find none.
GstPadProbeReturn on_seek(GstPad*, GstPadProbeInfo* info, gpointer data) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_SEEK) return GST_PAD_PROBE_OK;
  gdouble rate = 1;
  GstFormat format = GST_FORMAT_UNDEFINED;
  GstSeekFlags flags = GST_SEEK_FLAG_NONE;
  GstSeekType start_type = GST_SEEK_TYPE_NONE;
  GstSeekType stop_type = GST_SEEK_TYPE_NONE;
  gint64 start = 0;
  gint64 stop = 0;
  gst_event_parse_seek(event, &rate, &format, &flags, &start_type, &start, &stop_type, &stop);
  if (format != GST_FORMAT_TIME || rate <= 0) return GST_PAD_PROBE_OK;
  auto& wanted = *static_cast<Wanted*>(data);
  const std::scoped_lock lock(wanted.mutex);
  wanted.start = GST_CLOCK_TIME_NONE;
  wanted.stop = GST_CLOCK_TIME_NONE;
  wanted.held = GST_CLOCK_TIME_NONE;
  if (stop_type == GST_SEEK_TYPE_SET && stop >= 0) wanted.stop = static_cast<GstClockTime>(stop);
  if (start_type != GST_SEEK_TYPE_SET || start <= static_cast<gint64>(wanted.last_picture)) {
    return GST_PAD_PROBE_OK;
  }
  wanted.start = static_cast<GstClockTime>(start);
  replace_event(info,
                gst_event_new_seek(rate, format, flags, start_type,
                                   static_cast<gint64>(wanted.last_picture), stop_type, stop));
  return GST_PAD_PROBE_OK;
}

// qtdemux ends the segment with the track; videorate fills it with pictures up to its end. Edit
// lists make timestamps differ from stream time.
void widen_segment(GstPadProbeInfo* info, Wanted& wanted) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(GST_PAD_PROBE_INFO_EVENT(info), &segment);
  if (segment->format != GST_FORMAT_TIME) return;
  GstSegment wider = *segment;
  const auto timestamp_of = [segment](GstClockTime stream_time) {
    return segment->start + (stream_time - segment->time);
  };
  if (GST_CLOCK_TIME_IS_VALID(wanted.stop) && wanted.stop > segment->time) {
    wider.stop = timestamp_of(wanted.stop);
  }
  if (GST_CLOCK_TIME_IS_VALID(wanted.start) && wanted.start >= segment->time) {
    wanted.held = wider.start = wider.position = timestamp_of(wanted.start);
    wider.time = wanted.start;
  }
  replace_event(info, gst_event_new_segment(&wider));
}

GstPadProbeReturn on_data(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& wanted = *static_cast<Wanted*>(data);
  const std::scoped_lock lock(wanted.mutex);
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    if (!GST_CLOCK_TIME_IS_VALID(wanted.held)) return GST_PAD_PROBE_OK;
    GstBuffer* picture = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_BUFFER_PTS(picture) = wanted.held;
    info->data = picture;
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT) {
    widen_segment(info, wanted);
  }
  return GST_PAD_PROBE_OK;
}

void hold_in(GstElement* rate, GstClockTime last_picture) {
  g_object_set(rate, "max-closing-segment-duplication-duration", G_MAXUINT64, nullptr);
  const auto pad = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(rate, "sink"));
  auto wanted = std::make_unique<Wanted>();
  wanted->last_picture = last_picture;
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_seek, wanted.get(), nullptr);
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      on_data, wanted.get(), nullptr);
  // Probes are freed with their pad, one after the other; what both use with the pad's last data.
  g_object_set_data_full(G_OBJECT(pad.get()), "klingtext-wanted", wanted.release(),
                         [](gpointer data) { delete static_cast<Wanted*>(data); });
}

void hold_in_source(GESTrackElement* source, GstClockTime last_picture) {
  GstElement* bin = ges_track_element_get_element(source);
  if (bin == nullptr || !GST_IS_BIN(bin)) return;
  const IteratorPtr rates(gst_bin_iterate_all_by_element_factory_name(GST_BIN(bin), "videorate"));
  gst_iterator_foreach(
      rates.get(),
      [](const GValue* item, gpointer time) {
        hold_in(GST_ELEMENT(g_value_get_object(item)), *static_cast<GstClockTime*>(time));
      },
      &last_picture);
}

}  // namespace

void hold_picture(GESClip* clip, GstClockTime last_picture) {
  for (GList* each = GES_CONTAINER_CHILDREN(clip); each != nullptr; each = each->next) {
    if (!GES_IS_VIDEO_SOURCE(each->data)) continue;
    hold_in_source(GES_TRACK_ELEMENT(each->data), last_picture);
  }
}

}  // namespace klingtext
