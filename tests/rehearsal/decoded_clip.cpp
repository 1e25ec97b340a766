// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/decoded_clip.h"

#include <gst/app/gstappsink.h>
#include <gst/pbutils/pbutils.h>

#include <algorithm>
#include <string_view>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext::testing {

namespace {

using rehearsal::ShotMark;
using SamplePtr = GlibPtr<GstSample, gst_sample_unref>;
using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;
using ElementPtr = ObjectPtr<GstElement>;

constexpr int kMiddleGrey = 96;

// One plane of luma, rows padded to a multiple of four as GStreamer does by default.
struct Luma {
  const std::uint8_t* data;
  int width;
  int height;
  std::size_t stride() const { return (static_cast<std::size_t>(width) + 3) / 4 * 4; }

  // ThreadSanitizer did not see the decoder write them, nor hand them over.
  [[gnu::no_sanitize_thread]] double mean(int left, int top, int right, int bottom) const {
    double sum = 0;
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) sum += data[static_cast<std::size_t>(y) * stride() + x];
    }
    return sum / ((right - left) * (bottom - top));
  }
};

// Not every copy's width is a multiple of the cells'.
std::optional<ShotMark> read_mark(const Luma& luma) {
  const double cell_width = static_cast<double>(luma.width) / ShotMark::kCells;
  const double cell_height = static_cast<double>(luma.height) / ShotMark::kRowsPerPicture;
  const int top = static_cast<int>(luma.height - cell_height * 0.75);
  const int bottom = std::max(top + 1, static_cast<int>(luma.height - cell_height * 0.25));
  ShotMark::Cells cells{};
  for (std::size_t i = 0; i < ShotMark::kCells; ++i) {
    const double left = static_cast<double>(i) * cell_width;
    cells[i] = luma.mean(static_cast<int>(left + cell_width * 0.25), top,
                         static_cast<int>(left + cell_width * 0.75), bottom) > kMiddleGrey;
  }
  return ShotMark::read(cells);
}

// The appsinks' streaming threads call these two, each for its own members of the clip.
GstFlowReturn take_frame(GstAppSink* sink, gpointer user_data) {
  auto& clip = *static_cast<DecodedClip*>(user_data);
  const SamplePtr sample(gst_app_sink_pull_sample(sink));
  if (sample == nullptr) return GST_FLOW_EOS;
  const GstStructure* format = gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0);
  gst_structure_get_int(format, "width", &clip.width);
  gst_structure_get_int(format, "height", &clip.height);
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return GST_FLOW_ERROR;
  const Luma luma{.data = map.data, .width = clip.width, .height = clip.height};
  const int mark_height = clip.height / static_cast<int>(ShotMark::kRowsPerPicture);
  clip.frames.push_back(
      {.pts = GST_BUFFER_PTS(buffer),
       .checksum = sha256_hex({reinterpret_cast<const char*>(map.data), map.size}),
       .brightness = luma.mean(0, 0, clip.width, clip.height - mark_height),
       .mark = read_mark(luma)});
  gst_buffer_unmap(buffer, &map);
  return GST_FLOW_OK;
}

GstFlowReturn take_samples(GstAppSink* sink, gpointer user_data) {
  auto& clip = *static_cast<DecodedClip*>(user_data);
  const SamplePtr sample(gst_app_sink_pull_sample(sink));
  if (sample == nullptr) return GST_FLOW_EOS;
  gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0), "channels",
                        &clip.channels);
  GstMapInfo map;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return GST_FLOW_ERROR;
  const auto* first = reinterpret_cast<const std::int16_t*>(map.data);
  clip.samples.insert(clip.samples.end(), first, first + map.size / sizeof(std::int16_t));
  gst_buffer_unmap(buffer, &map);
  return GST_FLOW_OK;
}

void connect(GstElement* pipeline, const char* name, GstFlowReturn (*take)(GstAppSink*, gpointer),
             DecodedClip& clip) {
  const auto sink = ElementPtr::adopt(gst_bin_get_by_name(GST_BIN(pipeline), name));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = take;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, &clip, nullptr);
}

void play_to_end(GstElement* pipeline, DecodedClip& clip) {
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  const auto bus = ObjectPtr<GstBus>::adopt(gst_element_get_bus(pipeline));
  const MessagePtr end(
      gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  if (GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_ERROR) {
    GErrorPtr error;
    gst_message_parse_error(end.get(), ErrorOut(error), nullptr);
    clip.error = error->message;
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
}

}  // namespace

DecodedClip decode_clip(const std::filesystem::path& file, Tracks tracks) {
  std::string line = "filesrc location=\"" + file.string() +
                     "\" ! decodebin name=decoder "
                     "decoder. ! queue ! videoconvert ! video/x-raw,format=I420 ! "
                     "appsink name=picture sync=false";
  if (tracks == Tracks::picture_and_sound) {
    line +=
        " decoder. ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! audioconvert "
        "dithering=none ! audio/x-raw,format=S16LE,layout=interleaved ! "
        "appsink name=sound sync=false";
  }
  DecodedClip clip;
  GErrorPtr error;
  const auto pipeline = ElementPtr::adopt(
      GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(line.c_str(), ErrorOut(error)))));
  connect(pipeline.get(), "picture", take_frame, clip);
  if (tracks == Tracks::picture_and_sound) connect(pipeline.get(), "sound", take_samples, clip);
  play_to_end(pipeline.get(), clip);
  return clip;
}

DiscoveredClip discover_clip(const std::filesystem::path& file) {
  DiscoveredClip clip;
  const auto discoverer =
      ObjectPtr<GstDiscoverer>::adopt(gst_discoverer_new(60 * GST_SECOND, nullptr));
  const GCharPtr uri(gst_filename_to_uri(file.c_str(), nullptr));
  const auto info = ObjectPtr<GstDiscovererInfo>::adopt(
      gst_discoverer_discover_uri(discoverer.get(), uri.get(), nullptr));
  if (!info || gst_discoverer_info_get_result(info.get()) != GST_DISCOVERER_OK) return clip;
  clip.ok = true;
  clip.duration = gst_discoverer_info_get_duration(info.get());
  GList* videos = gst_discoverer_info_get_video_streams(info.get());
  for (GList* stream = videos; stream != nullptr; stream = stream->next) {
    auto* video = GST_DISCOVERER_VIDEO_INFO(stream->data);
    ++clip.videos;
    clip.width = static_cast<int>(gst_discoverer_video_info_get_width(video));
    clip.height = static_cast<int>(gst_discoverer_video_info_get_height(video));
    clip.rate_numerator = static_cast<int>(gst_discoverer_video_info_get_framerate_num(video));
    clip.rate_denominator = static_cast<int>(gst_discoverer_video_info_get_framerate_denom(video));
  }
  gst_discoverer_stream_info_list_free(videos);
  GList* audios = gst_discoverer_info_get_audio_streams(info.get());
  for (GList* stream = audios; stream != nullptr; stream = stream->next) {
    auto* audio = GST_DISCOVERER_AUDIO_INFO(stream->data);
    ++clip.audios;
    clip.sample_rate = static_cast<int>(gst_discoverer_audio_info_get_sample_rate(audio));
    clip.channels = static_cast<int>(gst_discoverer_audio_info_get_channels(audio));
  }
  gst_discoverer_stream_info_list_free(audios);
  return clip;
}

}  // namespace klingtext::testing
