// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/burn_in.h"

#include <cmath>
#include <memory>

#include "rehearsal/numerals.h"
#include "storyboard/timecode.h"

namespace klingtext {
namespace {

using EventPtr = GlibPtr<GstEvent, gst_event_unref>;
using rehearsal::CairoPtr;
using rehearsal::Numerals;
using rehearsal::SurfacePtr;

// Of the film's height: below what slates say, above their mark.
constexpr double kTop = 0.938;
constexpr double kHeight = 0.040;

// Used on the streaming thread only, once it is made.
class TimecodeStamp {
 public:
  explicit TimecodeStamp(const Film& film)
      : film_(film),
        digits_({.size = film.height * kHeight * 0.78,
                 .colour = {1, 1, 1},
                 .weight = rehearsal::Weight::bold,
                 .family = rehearsal::Family::mono}) {}

  static GstPadProbeReturn on_picture(GstPad* pad, GstPadProbeInfo* info, gpointer self) {
    const EventPtr event(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
    if (event == nullptr) return GST_PAD_PROBE_OK;
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    GstBuffer* picture = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    info->data = picture;
    const GstClockTime time =
        gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(picture));
    if (GST_CLOCK_TIME_IS_VALID(time)) static_cast<TimecodeStamp*>(self)->draw(picture, time);
    return GST_PAD_PROBE_OK;
  }

 private:
  void draw(GstBuffer* picture, GstClockTime time) const {
    const double rate = static_cast<double>(film_.rate.numerator) / film_.rate.denominator;
    const Frames frame = std::llround(static_cast<double>(time) / GST_SECOND * rate);
    GstMapInfo map;
    if (gst_buffer_map(picture, &map, GST_MAP_READWRITE) == FALSE) return;
    const int stride = film_.width * 4;
    if (map.size >= static_cast<gsize>(stride) * static_cast<gsize>(film_.height)) {
      stamp(map.data, stride, timecode(frame, film_.rate));
    }
    gst_buffer_unmap(picture, &map);
  }

  void stamp(unsigned char* pixels, int stride, const std::string& text) const {
    const SurfacePtr surface(cairo_image_surface_create_for_data(
        pixels, CAIRO_FORMAT_RGB24, film_.width, film_.height, stride));
    const CairoPtr cairo(cairo_create(surface.get()));
    const double height = film_.height * kHeight;
    const double width = digits_.width_of(text) + height;
    const double top = film_.height * kTop;
    cairo_set_source_rgba(cairo.get(), 0, 0, 0, 0.7);
    cairo_rectangle(cairo.get(), (film_.width - width) / 2, top, width, height);
    cairo_fill(cairo.get());
    digits_.draw(cairo.get(), text, film_.width / 2.0, top + (height - digits_.height()) / 2);
    cairo_surface_flush(surface.get());
  }

  Film film_;
  Numerals digits_;
};

}  // namespace

void burn_in_timecode(GESTimeline* timeline, const Film& film) {
  GList* tracks = ges_timeline_get_tracks(timeline);
  for (GList* each = tracks; each != nullptr; each = each->next) {
    if (GES_TRACK(each->data)->type != GES_TRACK_TYPE_VIDEO) continue;
    const auto pad =
        ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(GST_ELEMENT(each->data), "src"));
    if (!pad) continue;
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, TimecodeStamp::on_picture,
                      std::make_unique<TimecodeStamp>(film).release(),
                      [](gpointer self) { delete static_cast<TimecodeStamp*>(self); });
  }
  g_list_free_full(tracks, gst_object_unref);
}

}  // namespace klingtext
