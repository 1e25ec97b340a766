// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/altered_clips.h"

#include <gst/gst.h>

#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/glib_ptr.h"
#include "rehearsal/clip_feed.h"

namespace klingtext::rehearsal {

namespace fs = std::filesystem;

namespace {

using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;

Error alter_error(const std::string& why) {
  return {.kind = ErrorKind::store, .message = "The clip cannot be altered: " + why + '.'};
}

// What players skip: the film stays the same, the file does not.
Outcome append(const fs::path& original, const fs::path& altered, std::string_view bytes) {
  std::error_code error;
  fs::copy_file(original, altered, fs::copy_options::overwrite_existing, error);
  if (error) return alter_error(error.message());
  std::ofstream file(altered, std::ios::binary | std::ios::app);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return alter_error("it cannot be written");
  return Done{};
}

// Where the last box at the top begins; nothing where boxes do not close with the file.
std::optional<std::streamoff> last_box(std::istream& file, std::streamoff length) {
  std::streamoff at = 0;
  while (true) {
    std::array<unsigned char, 4> head{};
    file.seekg(at);
    if (!file.read(reinterpret_cast<char*>(head.data()), head.size())) return std::nullopt;
    std::streamoff size = 0;
    for (const unsigned char byte : head) size = size << 8 | byte;
    if (size < 8 || size > length - at) return std::nullopt;
    if (size == length - at) return at;
    at += size;
  }
}

// The size of the last box, the media, becomes 0: to the end of the file.
Outcome open_last_box(const fs::path& original, const fs::path& altered) {
  if (auto copied = append(original, altered, ""); !copied) return copied;
  std::fstream file(altered, std::ios::binary | std::ios::in | std::ios::out);
  const auto at = last_box(file, static_cast<std::streamoff>(fs::file_size(altered)));
  if (!at) return alter_error("its boxes do not close");
  file.clear();
  file.seekp(*at);
  file.write("\0\0\0\0", 4);
  file.close();
  if (!file) return alter_error("it cannot be written");
  return Done{};
}

ObjectPtr<GstElement> child(GstElement* bin, const char* name) {
  return ObjectPtr<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin), name));
}

// Every stream of the film goes to the muxer as it is.
void on_stream(GstElement*, GstPad* stream, gpointer user_data) {
  auto* mux = static_cast<GstElement*>(user_data);
  GstElement* queue = gst_element_factory_make("queue", nullptr);
  const auto pipeline = ObjectPtr<GstObject>::adopt(gst_element_get_parent(mux));
  gst_bin_add(GST_BIN(pipeline.get()), queue);
  const CapsPtr caps(gst_pad_get_current_caps(stream));
  const auto in = ObjectPtr<GstPad>::adopt(gst_element_get_compatible_pad(mux, stream, caps.get()));
  const auto sink = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(queue, "sink"));
  const auto source = ObjectPtr<GstPad>::adopt(gst_element_get_static_pad(queue, "src"));
  if (in) gst_pad_link(source.get(), in.get());
  gst_pad_link(stream, sink.get());
  gst_element_sync_state_with_parent(queue);
}

// The same packets in a file of another layout.
Outcome remux(const fs::path& original, const fs::path& altered, const char* layout) {
  const std::string line = std::string("filesrc name=from ! qtdemux name=film  mp4mux name=mux ") +
                           layout + " ! filesink name=to";
  GErrorPtr error;
  const auto pipeline = ObjectPtr<GstElement>::adopt(
      GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(line.c_str(), ErrorOut(error)))));
  if (error != nullptr) return alter_error(error->message);
  g_object_set(child(pipeline.get(), "from").get(), "location", original.c_str(), nullptr);
  g_object_set(child(pipeline.get(), "to").get(), "location", altered.c_str(), nullptr);
  g_signal_connect(child(pipeline.get(), "film").get(), "pad-added", G_CALLBACK(on_stream),
                   child(pipeline.get(), "mux").get());  // the pipeline keeps it
  const auto bus = ObjectPtr<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const MessagePtr end(
      gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  if (GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS) return Done{};
  gst_message_parse_error(end.get(), ErrorOut(error), nullptr);
  return alter_error(error->message);
}

Outcome make(const fs::path& original, const fs::path& altered, Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::index_at_end:
      return remux(original, altered, "faststart=false");
    case Fault::Kind::fragmented:
      return remux(original, altered, "fragment-duration=1000");
    case Fault::Kind::trailing_bytes:
      return append(original, altered, "Some bytes behind the last box");
    case Fault::Kind::cut_open_box:
      return open_last_box(original, altered);
    default:
      return append(original, altered, std::string_view("\0\0\0\10free", 8));
  }
}

}  // namespace

AlteredClips::AlteredClips() {
  const GCharPtr made(g_dir_make_tmp("klingtext-rehearsal-XXXXXX", nullptr));
  if (made != nullptr) dir_ = made.get();
}

AlteredClips::~AlteredClips() {
  std::error_code ignored;
  if (!dir_.empty()) fs::remove_all(dir_, ignored);
}

std::optional<fs::path> AlteredClips::find(const std::string& clip) const {
  const auto known = by_clip_.find(clip);
  if (known == by_clip_.end()) return std::nullopt;
  return known->second;
}

Outcome AlteredClips::alter(const std::string& clip, const fs::path& original, Fault::Kind kind) {
  // A file of its own each time: the one before may be mapped and on its way to somebody.
  const fs::path altered = dir_ / (clip + '.' + std::to_string(++made_) + ".mp4");
  if (auto made = make(find(clip).value_or(original), altered, kind); !made) return made;
  by_clip_.insert_or_assign(clip, altered);
  return Done{};
}

}  // namespace klingtext::rehearsal
