// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_render.h"

#include <gst/gst.h>

#include <array>
#include <string>

#include "base/glib_ptr.h"
#include "rehearsal/clip_feed.h"
#include "rehearsal/slate.h"
#include "rehearsal/slate_sound.h"

namespace klingtext::rehearsal {

namespace {

using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;
using GstObjectPtr = ObjectPtr<GstElement>;

Error render_error(std::string message) {
  return {
      .kind = ErrorKind::failed, .message = std::move(message), .api_error_name = "RenderError"};
}

// An encoder, and how many samples its decoded sound comes late.
struct SoundEncoder {
  const char* element;
  const char* launch;
  std::int64_t delay;
};
constexpr std::array kSoundEncoders = {
    SoundEncoder{"avenc_aac", "avenc_aac bitrate=128000", 1024},
    SoundEncoder{"fdkaacenc", "fdkaacenc bitrate=128000", 2048},
    SoundEncoder{"voaacenc", "voaacenc bitrate=128000", 1600},
};

struct PictureEncoder {
  const char* element;
  const char* launch;
};
// A fixed number of threads, because x264's decisions depend on it; no B frames, so that the
// clip starts at 0 without an edit list; little lookahead, because every frame of it is memory.
constexpr std::array kPictureEncoders = {
    PictureEncoder{"x264enc",
                   "x264enc pass=qual quantizer=19 speed-preset=veryfast threads=2 bframes=0 "
                   "rc-lookahead=8 sync-lookahead=0 "
                   "key-int-max=24 ! video/x-h264,profile=high"},
    PictureEncoder{"openh264enc",
                   "openh264enc rate-control=quality bitrate=8000000 gop-size=24 multi-thread=1"},
};

template <typename Encoder, std::size_t count>
const Encoder* first_installed(const std::array<Encoder, count>& encoders) {
  for (const Encoder& encoder : encoders) {
    if (ObjectPtr<GstElementFactory>::adopt(gst_element_factory_find(encoder.element))) {
      return &encoder;
    }
  }
  return nullptr;
}

// Owns a running pipeline: it is in NULL, and its threads have ended, when this is gone.
class Running {
 public:
  explicit Running(GstObjectPtr pipeline) : pipeline_(std::move(pipeline)) {}
  ~Running() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  GstObjectPtr child(const char* name) const {
    return GstObjectPtr::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
  }

  Outcome play(const std::stop_token& stop) {
    const auto bus = ObjectPtr<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    // The stop comes as one more message, so the wait below needs no timeout.
    const std::stop_callback wake(stop, [&bus] {
      gst_bus_post(bus.get(),
                   gst_message_new_application(nullptr, gst_structure_new_empty("stop")));
    });
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    const MessagePtr message(
        gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE,
                                   static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR |
                                                               GST_MESSAGE_APPLICATION)));
    if (message == nullptr || GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_APPLICATION) {
      return Stopped{};
    }
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) return Done{};
    GErrorPtr error;
    gst_message_parse_error(message.get(), ErrorOut(error), nullptr);
    return render_error(std::string("The slate cannot be rendered: ") + error->message);
  }

 private:
  GstObjectPtr pipeline_;
};

std::string launch_line(const PictureEncoder& picture, const SoundEncoder* sound) {
  std::string line =
      "appsrc name=picture ! queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! "
      "videoconvert ! video/x-raw,format=I420,colorimetry=bt709 ! ";
  line += picture.launch;
  line += " ! h264parse ! queue ! mp4mux name=mux faststart=true ! filesink name=file";
  if (sound != nullptr) {
    line += " appsrc name=sound ! queue ! audioconvert dithering=none ! ";
    line += sound->launch;
    line += " name=aac ! aacparse ! queue ! mux.";
  }
  return line;
}

Result<GstObjectPtr> build(const std::string& line, const std::filesystem::path& path) {
  GErrorPtr error;
  auto pipeline = GstObjectPtr::adopt(GST_ELEMENT(gst_object_ref_sink(
      gst_parse_launch_full(line.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, ErrorOut(error)))));
  if (error != nullptr) {
    return render_error(std::string("The slate cannot be rendered: ") + error->message);
  }
  const auto file = GstObjectPtr::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "file"));
  g_object_set(file.get(), "location", path.c_str(), nullptr);
  const auto mux = GstObjectPtr::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "mux"));
  g_object_set(mux.get(), "faststart-file", (path.string() + ".head").c_str(), nullptr);
  return pipeline;
}

// The first 16 bits of the clip's name, which is a hash in hex.
std::uint16_t mark_of(const std::string& clip) {
  return static_cast<std::uint16_t>(std::stoul(clip.substr(0, 4), nullptr, 16));
}

}  // namespace

Outcome render_clip(const RenderOrder& order, const std::filesystem::path& path,
                    const std::stop_token& stop) {
  const PictureEncoder* picture_encoder = first_installed(kPictureEncoders);
  const SoundEncoder* sound_encoder = order.shot.audio ? first_installed(kSoundEncoders) : nullptr;
  if (picture_encoder == nullptr || (order.shot.audio && sound_encoder == nullptr)) {
    return render_error(
        "The rehearsal has no encoder: install x264enc (gst-plugins-ugly) and avenc_aac "
        "(gst-libav).");
  }
  const Slate slate(order.shot, order.label, mark_of(order.clip));
  const SlateSound sound(order.shot.prompt, order.shot.seconds, order.label.two_pop);
  PictureFeed picture_feed(slate);
  SoundFeed sound_feed(sound, sound_encoder == nullptr ? 0 : sound_encoder->delay);
  PacketTrim trim(sound.length());

  if (stop.stop_requested()) return Stopped{};
  auto pipeline = build(launch_line(*picture_encoder, sound_encoder), path);
  if (!pipeline) return pipeline.as<Done>();
  Running running(*std::move(pipeline));  // declared last: gone before what its threads use
  picture_feed.attach(running.child("picture").get());
  if (sound_encoder != nullptr) {
    sound_feed.attach(running.child("sound").get());
    trim.attach(running.child("aac").get());
  }
  return running.play(stop);
}

}  // namespace klingtext::rehearsal
