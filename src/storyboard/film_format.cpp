// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/film_format.h"

#include "base/text.h"

namespace klingtext {
namespace {

using CapsPtr = GlibPtr<GstCaps, gst_caps_unref>;
using FactoriesPtr = GlibPtr<GList, gst_plugin_feature_list_free>;

struct Format {
  const char* container;
  const char* video;
  const char* audio;
  const char* muxer_properties;
  const char* video_properties;  // of whichever encoder is there
  const char* needs;
};

// No B frames: the film then starts at 0, and not late by an edit list. Constant quality, and not
// slower than a rehearsal is made. Enumerations are numbers here: x264enc's pass is `qual`, its
// preset `veryfast`, vp8enc's usage `cq`.
constexpr Format kMp4{
    "video/quicktime,variant=iso",
    "video/x-h264,profile=high",
    "audio/mpeg,mpegversion=4",
    "element-properties-map, map={[mp4mux, faststart=true]}",
    "element-properties-map, map={[x264enc, pass=5, quantizer=20, speed-preset=3, bframes=0, "
    "key-int-max=48], [openh264enc, rate-control=0, bitrate=8000000]}",
    "x264enc (gstreamer1.0-plugins-ugly) and avenc_aac (gstreamer1.0-libav)"};
constexpr Format kWebm{
    "video/webm",
    "video/x-vp8",
    "audio/x-opus",
    "element-properties-map, map={[webmmux, writing-app=klingtext-storyboard]}",
    "element-properties-map, map={[vp8enc, end-usage=2, cq-level=16, target-bitrate=8000000, "
    "deadline=1, cpu-used=4, threads=4, keyframe-max-dist=48]}",
    "vp8enc (gstreamer1.0-plugins-good) and opusenc (gstreamer1.0-plugins-base)"};

const Format& format_of(Container container) {
  return container == Container::mp4 ? kMp4 : kWebm;
}

CapsPtr caps_from(const char* text) {
  return CapsPtr(gst_caps_from_string(text));
}

bool is_there(GstElementFactoryListType kind, const char* caps) {
  const FactoriesPtr all(gst_element_factory_list_get_elements(kind, GST_RANK_MARGINAL));
  const CapsPtr wanted = caps_from(caps);
  return FactoriesPtr(gst_element_factory_list_filter(all.get(), wanted.get(), GST_PAD_SRC,
                                                      FALSE)) != nullptr;
}

void add_properties(GstEncodingProfile* profile, const char* text) {
  gst_encoding_profile_set_element_properties(profile, gst_structure_from_string(text, nullptr));
}

}  // namespace

std::string video_caps_text(const Film& film) {
  return "video/x-raw,width=" + std::to_string(film.width) +
         ",height=" + std::to_string(film.height) +
         ",framerate=" + std::to_string(film.rate.numerator) + '/' +
         std::to_string(film.rate.denominator) + ",pixel-aspect-ratio=1/1";
}

std::optional<Container> container_of(const std::string& path) {
  const GCharPtr lower(g_ascii_strdown(path.c_str(), -1));
  const std::string name(lower.get());
  if (name.ends_with(".mp4")) return Container::mp4;
  if (name.ends_with(".webm")) return Container::webm;
  return std::nullopt;
}

Outcome check_encoders(Container container) {
  const Format& format = format_of(container);
  if (is_there(GST_ELEMENT_FACTORY_TYPE_ENCODER, format.video) &&
      is_there(GST_ELEMENT_FACTORY_TYPE_ENCODER, format.audio) &&
      is_there(GST_ELEMENT_FACTORY_TYPE_MUXER, format.container)) {
    return Done{};
  }
  return Error{
      .kind = ErrorKind::settings,
      .message = std::string("This machine cannot code the film. Install ") + format.needs + '.'};
}

ObjectPtr<GstEncodingProfile> encoding_profile(Container container, const Film& film) {
  const Format& format = format_of(container);
  const CapsPtr outer = caps_from(format.container);
  auto* profile = gst_encoding_container_profile_new(nullptr, nullptr, outer.get(), nullptr);
  add_properties(GST_ENCODING_PROFILE(profile), format.muxer_properties);

  const CapsPtr video = caps_from(format.video);
  const CapsPtr picture = caps_from(video_caps_text(film).c_str());
  auto* pictures = gst_encoding_video_profile_new(video.get(), nullptr, picture.get(), 0);
  add_properties(GST_ENCODING_PROFILE(pictures), format.video_properties);
  gst_encoding_container_profile_add_profile(profile, GST_ENCODING_PROFILE(pictures));

  const CapsPtr audio = caps_from(format.audio);
  const CapsPtr sound = caps_from(kAudioCaps);
  auto* sounds = gst_encoding_audio_profile_new(audio.get(), nullptr, sound.get(), 0);
  gst_encoding_container_profile_add_profile(profile, GST_ENCODING_PROFILE(sounds));
  return ObjectPtr<GstEncodingProfile>::adopt(GST_ENCODING_PROFILE(profile));
}

}  // namespace klingtext
