// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_render.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include <array>
#include <string>

#include "base/glib_ptr.h"
#include "base/log.h"
#include "rehearsal/film.h"
#include "rehearsal/slate.h"
#include "rehearsal/slate_sound.h"

namespace klingtext::rehearsal {

namespace {

using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;
using CapsPtr = GlibPtr<GstCaps, gst_caps_unref>;
using GstObjectPtr = ObjectPtr<GstElement>;

constexpr std::int64_t kSamplesPerPush = kSampleRate / 10;
constexpr std::int64_t kSamplesPerPacket = 1024;  // AAC-LC

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

// Feeds an appsrc from its own streaming thread, one buffer whenever it runs dry.
class Feed {
 public:
  virtual ~Feed() = default;
  void attach(GstElement* source, const CapsPtr& caps) {
    gst_app_src_set_caps(GST_APP_SRC(source), caps.get());
    g_object_set(source, "format", GST_FORMAT_TIME, "max-bytes", guint64{1}, nullptr);
    GstAppSrcCallbacks callbacks{};
    callbacks.need_data = [](GstAppSrc* app_source, guint, gpointer self) {
      GstBuffer* buffer = static_cast<Feed*>(self)->next();
      if (buffer == nullptr) {
        gst_app_src_end_of_stream(app_source);
      } else {
        gst_app_src_push_buffer(app_source, buffer);
      }
    };
    gst_app_src_set_callbacks(GST_APP_SRC(source), &callbacks, this, nullptr);
  }

 protected:
  virtual GstBuffer* next() = 0;  // nullptr at the end
};

class PictureFeed : public Feed {
 public:
  explicit PictureFeed(const Slate& slate)
      : slate_(slate), pool_(ObjectPtr<GstBufferPool>::adopt(gst_buffer_pool_new())) {
    const CapsPtr format = caps();
    GstStructure* config = gst_buffer_pool_get_config(pool_.get());
    gst_buffer_pool_config_set_params(config, format.get(),
                                      static_cast<guint>(stride() * slate_.height()), 0, 0);
    gst_buffer_pool_set_config(pool_.get(), config);
    gst_buffer_pool_set_active(pool_.get(), TRUE);
  }
  ~PictureFeed() override { gst_buffer_pool_set_active(pool_.get(), FALSE); }
  PictureFeed(const PictureFeed&) = delete;
  PictureFeed& operator=(const PictureFeed&) = delete;

  CapsPtr caps() const {
    return CapsPtr(gst_caps_new_simple(
        "video/x-raw", "format", G_TYPE_STRING, "BGRx", "width", G_TYPE_INT, slate_.width(),
        "height", G_TYPE_INT, slate_.height(), "framerate", GST_TYPE_FRACTION, kFramesPerSecond, 1,
        "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr));
  }

 private:
  static GstClockTime time_of(int frame) {
    return gst_util_uint64_scale_int(GST_SECOND, frame, kFramesPerSecond);
  }

  GstBuffer* next() override {
    if (index_ == slate_.frames()) return nullptr;
    GstBuffer* buffer = nullptr;
    if (gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, nullptr) != GST_FLOW_OK) {
      return nullptr;
    }
    GstMapInfo map;
    if (gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
      slate_.draw(index_, map.data, stride());
      gst_buffer_unmap(buffer, &map);
    }
    GST_BUFFER_PTS(buffer) = time_of(index_);
    GST_BUFFER_DURATION(buffer) = time_of(index_ + 1) - time_of(index_);
    ++index_;
    return buffer;
  }

  int stride() const { return slate_.width() * 4; }

  const Slate& slate_;
  // Unbounded, so it never blocks; the queue behind keeps it to a few frames of 8 MB, which would
  // otherwise come from the heap, and stay there, once per frame.
  ObjectPtr<GstBufferPool> pool_;
  int index_ = 0;
};

class SoundFeed : public Feed {
 public:
  // Starts `delay` samples into the sound: a decoder hands out that many before what it was fed,
  // so sound and picture meet again without an edit list.
  SoundFeed(const SlateSound& sound, std::int64_t delay) : sound_(sound), delay_(delay) {}

  static CapsPtr caps() {
    return CapsPtr(gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout",
                                       G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
                                       kSampleRate, "channels", G_TYPE_INT, kChannels, nullptr));
  }

  static GstClockTime time_of(std::int64_t sample) {
    return gst_util_uint64_scale_int(static_cast<guint64>(sample), GST_SECOND, kSampleRate);
  }

 private:
  GstBuffer* next() override {
    if (position_ >= sound_.length()) return nullptr;
    const auto samples = sound_.samples(position_ + delay_, kSamplesPerPush);
    GstBuffer* buffer =
        gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(samples.front()));
    GST_BUFFER_PTS(buffer) = time_of(position_);
    GST_BUFFER_DURATION(buffer) = time_of(position_ + kSamplesPerPush) - time_of(position_);
    position_ += kSamplesPerPush;
    return buffer;
  }

  const SlateSound& sound_;
  std::int64_t delay_;
  std::int64_t position_ = 0;
};

// Makes the sound exactly as long as the picture: drops the packets behind the end that flush the
// encoder, and gives the last one only the time that is left.
class PacketTrim {
 public:
  explicit PacketTrim(std::int64_t length) : length_(length) {}

  void attach(GstElement* encoder) {
    const auto pad = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          return static_cast<PacketTrim*>(self)->pass(info);
        },
        this, nullptr);
  }

 private:
  GstPadProbeReturn pass(GstPadProbeInfo* info) {
    const std::int64_t start = packet_ * kSamplesPerPacket;
    if (start >= length_) return GST_PAD_PROBE_DROP;
    ++packet_;
    const std::int64_t end = std::min(start + kSamplesPerPacket, length_);
    GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_BUFFER_PTS(buffer) = SoundFeed::time_of(start);
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION(buffer) = SoundFeed::time_of(end) - SoundFeed::time_of(start);
    info->data = buffer;
    return GST_PAD_PROBE_OK;
  }

  std::int64_t length_;
  std::int64_t packet_ = 0;
};

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
std::uint16_t shot_number(const std::string& clip) {
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
  const Slate slate(order.shot, order.take, shot_number(order.clip));
  const SlateSound sound(order.shot.prompt, order.shot.seconds);
  PictureFeed picture_feed(slate);
  SoundFeed sound_feed(sound, sound_encoder == nullptr ? 0 : sound_encoder->delay);
  PacketTrim trim(sound.length());

  if (stop.stop_requested()) return Stopped{};
  auto pipeline = build(launch_line(*picture_encoder, sound_encoder), path);
  if (!pipeline) return pipeline.as<Done>();
  Running running(*std::move(pipeline));  // declared last: gone before what its threads use
  picture_feed.attach(running.child("picture").get(), picture_feed.caps());
  if (sound_encoder != nullptr) {
    sound_feed.attach(running.child("sound").get(), SoundFeed::caps());
    trim.attach(running.child("aac").get());
  }
  return running.play(stop);
}

}  // namespace klingtext::rehearsal
