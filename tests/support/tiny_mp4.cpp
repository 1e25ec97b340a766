// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/tiny_mp4.h"

#include <gst/gst.h>

#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include "base/glib_ptr.h"
#include "support/temp_dir.h"

namespace klingtext::test {
namespace {

using ElementPtr = GlibPtr<GstElement, gst_object_unref>;
using BusPtr = GlibPtr<GstBus, gst_object_unref>;
using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;

constexpr int kFramesPerSecond = 24;
constexpr int kSamplesPerSecond = 48000;
constexpr int kSamplesPerBuffer = 2000;  // the sound of one frame

std::string launch_line(const TinyMp4& wanted, const std::string& file) {
  const bool smooth = wanted.picture == Mp4Picture::smooth;
  std::ostringstream line;
  line << "mp4mux name=mux faststart=" << (wanted.index == Mp4Index::front ? "true" : "false")
       << " ! filesink location=" << file << " videotestsrc pattern=" << (smooth ? "smpte" : "snow")
       << " num-buffers=" << wanted.frames << " ! video/x-raw,format=I420,width=" << wanted.width
       << ",height=" << wanted.height << ",framerate=" << kFramesPerSecond
       << "/1 ! x264enc speed-preset=ultrafast key-int-max=12 "
       << (smooth ? "bitrate=256" : "pass=quant quantizer=10")
       << " ! h264parse ! queue max-size-time=0 ! mux.";
  if (wanted.sound == Mp4Sound::aac) {
    line << " audiotestsrc num-buffers=" << wanted.frames
         << " samplesperbuffer=" << kSamplesPerBuffer
         << " ! audio/x-raw,channels=2,rate=" << kSamplesPerSecond
         << " ! audioconvert ! avenc_aac ! aacparse ! queue max-size-time=0 ! mux.";
  }
  return line.str();
}

void run(const std::string& line) {
  GErrorPtr error;
  ElementPtr pipeline(gst_parse_launch(line.c_str(), ErrorOut(error)));
  if (error) throw std::runtime_error(error->message);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  BusPtr bus(gst_element_get_bus(pipeline.get()));
  MessagePtr end(
      gst_bus_timed_pop_filtered(bus.get(), 60 * GST_SECOND,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  if (!end) throw std::runtime_error("no end in sight for " + line);
  if (GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS) return;
  gst_message_parse_error(end.get(), ErrorOut(error), nullptr);
  throw std::runtime_error(error->message);
}

std::string made(const TinyMp4& wanted) {
  gst_init(nullptr, nullptr);
  const TempDir dir;
  const std::string file = dir.file("tiny.mp4");
  run(launch_line(wanted, file));
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

const std::string& tiny_mp4(const TinyMp4& wanted) {
  static std::mutex mutex;
  static std::map<TinyMp4, std::string> kept;
  std::lock_guard lock(mutex);
  auto found = kept.find(wanted);
  if (found == kept.end()) found = kept.emplace(wanted, made(wanted)).first;
  return found->second;
}

}  // namespace klingtext::test
