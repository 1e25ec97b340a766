// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_feed.h"

#include <gst/app/gstappsrc.h>

#include <algorithm>

#include "rehearsal/film.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::int64_t kSamplesPerPush = kSampleRate / 10;
constexpr std::int64_t kSamplesPerPacket = 1024;  // AAC-LC

GstClockTime frame_time(int frame) {
  return gst_util_uint64_scale_int(GST_SECOND, frame, kFramesPerSecond);
}

GstClockTime sample_time(std::int64_t sample) {
  return gst_util_uint64_scale_int(static_cast<guint64>(sample), GST_SECOND, kSampleRate);
}

}  // namespace

void Feed::attach(GstElement* app_source) {
  gst_app_src_set_caps(GST_APP_SRC(app_source), caps().get());
  g_object_set(app_source, "format", GST_FORMAT_TIME, "max-bytes", guint64{1}, nullptr);
  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = [](GstAppSrc* source, guint, gpointer self) {
    BufferPtr buffer = static_cast<Feed*>(self)->next();
    if (buffer == nullptr) {
      gst_app_src_end_of_stream(source);
    } else {
      gst_app_src_push_buffer(source, buffer.release());
    }
  };
  gst_app_src_set_callbacks(GST_APP_SRC(app_source), &callbacks, this, nullptr);
}

PictureFeed::PictureFeed(const Slate& slate)
    : slate_(slate), pool_(ObjectPtr<GstBufferPool>::adopt(gst_buffer_pool_new())) {
  const CapsPtr format = PictureFeed::caps();
  GstStructure* config = gst_buffer_pool_get_config(pool_.get());
  gst_buffer_pool_config_set_params(config, format.get(),
                                    static_cast<guint>(stride() * slate_.height()), 0, 0);
  gst_buffer_pool_set_config(pool_.get(), config);
  gst_buffer_pool_set_active(pool_.get(), TRUE);
}

PictureFeed::~PictureFeed() {
  gst_buffer_pool_set_active(pool_.get(), FALSE);
}

CapsPtr PictureFeed::caps() const {
  return CapsPtr(gst_caps_new_simple(
      "video/x-raw", "format", G_TYPE_STRING, "BGRx", "width", G_TYPE_INT, slate_.width(), "height",
      G_TYPE_INT, slate_.height(), "framerate", GST_TYPE_FRACTION, kFramesPerSecond, 1,
      "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr));
}

BufferPtr PictureFeed::next() {
  if (index_ == slate_.frames()) return nullptr;
  GstBuffer* acquired = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &acquired, nullptr) != GST_FLOW_OK) {
    return nullptr;
  }
  BufferPtr buffer(acquired);
  GstMapInfo map;
  if (!gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return nullptr;
  slate_.draw(index_, map.data, stride());
  gst_buffer_unmap(buffer.get(), &map);
  GST_BUFFER_PTS(buffer.get()) = frame_time(index_);
  GST_BUFFER_DURATION(buffer.get()) = frame_time(index_ + 1) - frame_time(index_);
  ++index_;
  return buffer;
}

CapsPtr SoundFeed::caps() const {
  return CapsPtr(gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout",
                                     G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT, kSampleRate,
                                     "channels", G_TYPE_INT, kChannels, nullptr));
}

BufferPtr SoundFeed::next() {
  if (position_ >= sound_.length()) return nullptr;
  const auto samples = sound_.samples(position_ + delay_, kSamplesPerPush);
  BufferPtr buffer(gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(samples.front())));
  GST_BUFFER_PTS(buffer.get()) = sample_time(position_);
  GST_BUFFER_DURATION(buffer.get()) =
      sample_time(position_ + kSamplesPerPush) - sample_time(position_);
  position_ += kSamplesPerPush;
  return buffer;
}

void PacketTrim::attach(GstElement* encoder) {
  const auto pad = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo* info, gpointer self) {
        return static_cast<PacketTrim*>(self)->pass(info);
      },
      this, nullptr);
}

GstPadProbeReturn PacketTrim::pass(GstPadProbeInfo* info) {
  const std::int64_t start = packet_ * kSamplesPerPacket;
  if (start >= length_) return GST_PAD_PROBE_DROP;
  ++packet_;
  const std::int64_t end = std::min(start + kSamplesPerPacket, length_);
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_BUFFER_PTS(buffer) = sample_time(start);
  GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(buffer) = sample_time(end) - sample_time(start);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

}  // namespace klingtext::rehearsal
