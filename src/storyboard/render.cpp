// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/render.h"

#include "storyboard/part_file.h"

namespace klingtext {
namespace {

using MessagePtr = GlibPtr<GstMessage, gst_message_unref>;

constexpr guint kLook = 500;  // milliseconds

Error trouble(const std::string& what) {
  return Error{.kind = ErrorKind::failed, .message = "The film cannot be made: " + what};
}

// avdec_h264 of gst-libav 1.26 aborts the process when it decodes straight into a buffer that is
// wider than the picture, as 1088 are for 1080.
void decode_into_own_buffers(GstBin* /*pipeline*/, GstBin* /*bin*/, GstElement* element, gpointer) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "direct-rendering") != nullptr) {
    g_object_set(element, "direct-rendering", FALSE, nullptr);
  }
}

// A render is neither seen nor heard; left to itself, playsink opens the machine's devices to
// choose.
void preview_nothing(GESPipeline* pipeline) {
  ges_pipeline_preview_set_video_sink(pipeline, gst_element_factory_make("fakesink", nullptr));
  ges_pipeline_preview_set_audio_sink(pipeline, gst_element_factory_make("fakesink", nullptr));
}

// A pipeline that is in NULL when this is gone, and a main context that wakes up for its bus.
class Rendering {
 public:
  Rendering(GESTimeline* timeline, const char* uri, GstEncodingProfile* profile, std::string index)
      : index_(std::move(index)),
        pipeline_(
            ObjectPtr<GESPipeline>::adopt(GES_PIPELINE(g_object_ref_sink(ges_pipeline_new())))) {
    g_signal_connect(pipeline_.get(), "deep-element-added", G_CALLBACK(on_element), this);
    g_signal_connect(pipeline_.get(), "deep-element-added", G_CALLBACK(decode_into_own_buffers),
                     nullptr);
    preview_nothing(pipeline_.get());
    // The pipeline takes a reference that it treats as its own.
    good_ = ges_pipeline_set_timeline(pipeline_.get(), timeline) &&
            ges_pipeline_set_render_settings(pipeline_.get(), uri, profile) &&
            ges_pipeline_set_mode(pipeline_.get(), GES_PIPELINE_MODE_RENDER);
    bus_ = ObjectPtr<GstBus>::adopt(gst_element_get_bus(GST_ELEMENT(pipeline_.get())));
    gst_bus_add_watch(bus_.get(), hear, this);
    look_ = g_timeout_add(
        kLook, [](gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);
  }
  ~Rendering() {
    gst_element_set_state(GST_ELEMENT(pipeline_.get()), GST_STATE_NULL);
    gst_bus_remove_watch(bus_.get());
    g_source_remove(look_);
  }
  Rendering(const Rendering&) = delete;
  Rendering& operator=(const Rendering&) = delete;

  Outcome run(const Interrupt& interrupt, GstClockTime length,
              const std::function<void(double)>& progress) {
    if (!good_) return trouble("GStreamer takes neither timeline nor format.");
    gst_element_set_state(GST_ELEMENT(pipeline_.get()), GST_STATE_PLAYING);
    while (!ended_) {
      g_main_context_iteration(nullptr, TRUE);
      if (interrupt) return Stopped{};
      gint64 position = 0;
      if (gst_element_query_position(GST_ELEMENT(pipeline_.get()), GST_FORMAT_TIME, &position)) {
        progress(std::min(1.0, static_cast<double>(position) / static_cast<double>(length)));
      }
    }
    return *ended_;
  }

 private:
  // By default the muxer collects the film in the folder for temporary files, which may be small,
  // and leaves it there when the process is killed.
  static void on_element(GstBin*, GstBin*, GstElement* element, gpointer self) {
    const auto* factory = gst_element_get_factory(element);
    if (factory == nullptr || !g_str_equal(GST_OBJECT_NAME(factory), "mp4mux")) return;
    g_object_set(element, "faststart-file", static_cast<Rendering*>(self)->index_.c_str(), nullptr);
  }

  static gboolean hear(GstBus*, GstMessage* message, gpointer self) {
    auto& ended = static_cast<Rendering*>(self)->ended_;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS && !ended) ended = Done{};
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && !ended) {
      GErrorPtr error;
      gst_message_parse_error(message, ErrorOut(error), nullptr);
      ended = trouble(error->message);
    }
    return G_SOURCE_CONTINUE;
  }

  std::string index_;
  ObjectPtr<GESPipeline> pipeline_;
  ObjectPtr<GstBus> bus_;
  bool good_ = false;
  guint look_ = 0;
  std::optional<Outcome> ended_;
};

}  // namespace

Outcome render_film(const Timeline& timeline, const std::string& path,
                    const ObjectPtr<GstEncodingProfile>& profile, const Interrupt& interrupt,
                    const std::function<void(double share)>& progress) {
  auto part = PartFile::create(path);
  if (!part.ok()) return part.as<Done>();
  GErrorPtr error;
  const GCharPtr uri(gst_filename_to_uri(part->path().c_str(), ErrorOut(error)));
  if (uri == nullptr) return trouble(error->message);
  const auto length = static_cast<GstClockTime>(timeline.seconds * GST_SECOND);
  Outcome rendered =
      Rendering(timeline.timeline.get(), uri.get(), profile.get(), part->index_path())
          .run(interrupt, length, progress);
  return rendered.ok() ? part->publish() : rendered;
}

}  // namespace klingtext
