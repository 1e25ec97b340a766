// SPDX-License-Identifier: LGPL-2.1-or-later
// The GObject shell: every function calls the C++ Source inside.

/**
 * SECTION:element-klingtextsrc
 * @title: klingtextsrc
 * @short_description: turns a text prompt into video
 * @see_also: souphttpsrc, uridecodebin3
 *
 * klingtextsrc sends a text prompt to a remote service, which generates a video, and outputs the
 * service's MP4 byte for byte. A generation is submitted when the pipeline first reads data, not
 * before, and the same request is never paid for twice: #GstKlingTextSrc:store-dir keeps every
 * clip. A generation takes minutes; after a stop the same request resumes it.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 klingtextsrc rehearse=true prompt="A white raccoon" ! decodebin3 ! autovideosink
 * ]| A rehearsal: a slate with the prompt, without cost.
 * |[
 * AIMLAPI_API_KEY=… gst-launch-1.0 klingtextsrc prompt="A white raccoon" ! filesink location=a.mp4
 * ]| Buys five seconds of video and saves the MP4 as it is.
 * |[
 * gst-play-1.0 "klingtext:A%20white%20raccoon?rehearse=true"
 * ]| The same as a URI, for players.
 *
 * ## URI
 * `klingtext:` and the percent-encoded prompt; behind a `?` may stand `model`, `negative-prompt`,
 * `aspect-ratio`, `duration`, `cfg-scale`, `generate-audio`, `take`, `rehearse` and
 * `generation-id`, each as `key=value` and once. What a URI does not name gets its default;
 * everything else is refused. The key is set in the `source-setup` signal of the bin.
 *
 * ## Messages
 * * `progress` with the code `generate`, and the fields `percent` and, with an estimate,
 * `seconds-left` (#gint).
 * * `buffering` from the first poll on: rises to 99, and is 100 with the first byte. Below 100
 * again only when playback outruns the download.
 * * `element`, named `klingtext-generation`, for every change of status: `generation-id`, `status`,
 *   `request-key` (strings), `elapsed` (#guint64, nanoseconds), `seconds-left` (#gint) with an
 * estimate, `retrying` (string, the reason) while a request fails and is repeated; at the end
 * `clip` (string, a path), `reused` (#gboolean), and where the service tells `credits-used` and
 * `usd-spent` (#gdouble).
 * * `error` in the domain #GST_RESOURCE_ERROR, with the details `http-status-code` (#guint),
 *   `generation-id`, `client-request-id`, `api-error-name` and `api-error-message` where known.
 * * `tag`, in pull mode; pushed as an event otherwise: #GST_TAG_TITLE, #GST_TAG_DESCRIPTION,
 *   #GST_TAG_ENCODER and #GST_TAG_EXTENDED_COMMENT.
 *
 * ## Debugging
 * The category is `klingtextsrc`: INFO has a line for every step of a run, DEBUG the decisions, LOG
 * every request, without secrets.
 *
 * Since: 0.1
 */
#include "gstklingtextsrc.h"

#include "klingtext_uri.h"
#include "properties.h"
#include "source.h"

struct _GstKlingTextSrc {
  GstBaseSrc parent;
  klingtext::Source* source;  // owned; made in init, freed in finalize
};

static void gst_kling_text_src_uri_handler_init(gpointer iface, gpointer);
static void gst_kling_text_src_preset_init(gpointer iface, gpointer);

// GLib keeps a type's id, a number, in a pointer.
// NOLINTBEGIN(performance-no-int-to-ptr)
G_DEFINE_FINAL_TYPE_WITH_CODE(GstKlingTextSrc, gst_kling_text_src, GST_TYPE_BASE_SRC,
                              G_IMPLEMENT_INTERFACE(GST_TYPE_URI_HANDLER,
                                                    gst_kling_text_src_uri_handler_init)
                                  G_IMPLEMENT_INTERFACE(GST_TYPE_PRESET,
                                                        gst_kling_text_src_preset_init))
// NOLINTEND(performance-no-int-to-ptr)
GST_ELEMENT_REGISTER_DEFINE(klingtextsrc, "klingtextsrc", GST_RANK_PRIMARY, GST_TYPE_KLING_TEXT_SRC)

namespace {

// The default blocksize; a push read returns what is there.
constexpr guint kBlockSize = 64 << 10;

klingtext::Source& source_of(gpointer object) {
  return *GST_KLING_TEXT_SRC(object)->source;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) {
  if (!klingtext::set_property(source_of(object), id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) {
  if (!klingtext::get_property(source_of(object), id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

void finalize(GObject* object) {
  delete GST_KLING_TEXT_SRC(object)->source;
  G_OBJECT_CLASS(gst_kling_text_src_parent_class)->finalize(object);
}

GstFlowReturn create(GstBaseSrc* base, guint64 offset, guint size, GstBuffer** buffer) {
  return source_of(base).create(offset, size, buffer);
}

// Submits nothing: bins start and stop a source to learn its capabilities.
gboolean start(GstBaseSrc* base) {
  return source_of(base).start();
}

gboolean stop(GstBaseSrc* base) {
  source_of(base).stop();
  return TRUE;
}

gboolean unlock(GstBaseSrc* base) {
  source_of(base).unlock();
  return TRUE;
}

gboolean unlock_stop(GstBaseSrc* base) {
  source_of(base).unlock_stop();
  return TRUE;
}

gboolean is_seekable(GstBaseSrc*) {
  return TRUE;
}

gboolean get_size(GstBaseSrc* base, guint64* size) {
  const auto length = source_of(base).length();
  if (length) *size = *length;
  return length.has_value();
}

bool answer_duration(GstBaseSrc* base, GstQuery* query) {
  GstFormat format = GST_FORMAT_UNDEFINED;
  gst_query_parse_duration(query, &format, nullptr);
  // A time would make qtdemux believe it; no bytes at all would make typefind give up.
  if (format != GST_FORMAT_BYTES) return false;
  const auto length = source_of(base).length();
  gst_query_set_duration(query, format, length ? static_cast<gint64>(*length) : -1);
  return true;
}

// Answered without the start and stop that basesrc would do.
void answer_scheduling(GstQuery* query) {
  gst_query_set_scheduling(query, GST_SCHEDULING_FLAG_SEEKABLE, 1, -1, 0);
  gst_query_add_scheduling_mode(query, GST_PAD_MODE_PULL);
  gst_query_add_scheduling_mode(query, GST_PAD_MODE_PUSH);
}

// As with filesrc, null where nothing says what to generate.
klingtext::GCharPtr uri_or_null(klingtext::Source& source) {
  auto settings = source.settings().lock();
  const bool unset = !settings->prompt && settings->generation_id.empty();
  return klingtext::GCharPtr(unset ? nullptr : g_strdup(klingtext::uri_of(*settings).c_str()));
}

gboolean query(GstBaseSrc* base, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_DURATION:
      return answer_duration(base, query);
    case GST_QUERY_SCHEDULING:
      answer_scheduling(query);
      return TRUE;
    case GST_QUERY_BUFFERING:
      return source_of(base).answer_buffering(query);
    case GST_QUERY_URI:
      gst_query_set_uri(query, uri_or_null(source_of(base)).get());
      return TRUE;
    default:
      return GST_BASE_SRC_CLASS(gst_kling_text_src_parent_class)->query(base, query);
  }
}

// Bytes have nothing to negotiate, and to ask downstream all the same can hang: the queue of
// GStreamer 1.22 never answers an allocation query that is in it when a demuxer behind it is done.
gboolean event(GstBaseSrc* base, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_RECONFIGURE) {
    (void)gst_pad_check_reconfigure(GST_BASE_SRC_PAD(base));
    return TRUE;
  }
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEEK) source_of(base).prepare_seek(event);
  return GST_BASE_SRC_CLASS(gst_kling_text_src_parent_class)->event(base, event);
}

// gst-launch-1.0 waits for every PROGRESS to end, with -e also after it made us send EOS.
gboolean send_event(GstElement* element, GstEvent* event) {
  const bool ends = GST_EVENT_TYPE(event) == GST_EVENT_EOS;
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEEK) source_of(element).prepare_seek(event);
  const gboolean sent =
      GST_ELEMENT_CLASS(gst_kling_text_src_parent_class)->send_event(element, event);
  if (ends && sent) source_of(element).end();
  return sent;
}

GstURIType uri_type(GType) {
  return GST_URI_SRC;
}

const gchar* const* uri_protocols(GType) {
  static const gchar* const protocols[] = {"klingtext", nullptr};
  return protocols;
}

gchar* get_uri(GstURIHandler* handler) {
  return uri_or_null(source_of(handler)).release();
}

gboolean set_uri(GstURIHandler* handler, const gchar* uri, GError** error) {
  GST_OBJECT_LOCK(handler);
  const GstState state = GST_STATE(handler);
  GST_OBJECT_UNLOCK(handler);
  if (state > GST_STATE_READY) {
    g_set_error_literal(error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
                        "The URI of klingtextsrc cannot change while it runs. Set it to READY "
                        "first.");
    return FALSE;
  }
  klingtext::Settings before;
  klingtext::Settings after;
  klingtext::Outcome applied = klingtext::Done{};
  {
    auto settings = source_of(handler).settings().lock();
    before = *settings;
    applied = klingtext::apply_uri(uri, *settings);
    after = *settings;
  }
  if (applied.ok()) {
    klingtext::notify_changes(G_OBJECT(handler), before, after);
    return TRUE;
  }
  g_set_error_literal(error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI, applied.error().message.c_str());
  return FALSE;
}

// How a video is to be, not what it shows: GStreamer 1.22 saves a text with one escape more than it
// takes off again, and a prompt that has changed is bought again.
gchar** preset_property_names(GstPreset*) {
  static const gchar* const names[] = {"model",     "duration",       "aspect-ratio",
                                       "cfg-scale", "generate-audio", nullptr};
  return g_strdupv(const_cast<gchar**>(names));
}

}  // namespace

static void gst_kling_text_src_preset_init(gpointer iface, gpointer) {
  static_cast<GstPresetInterface*>(iface)->get_property_names = preset_property_names;
}

static void gst_kling_text_src_uri_handler_init(gpointer iface, gpointer) {
  auto* handler = static_cast<GstURIHandlerInterface*>(iface);
  handler->get_type = uri_type;
  handler->get_protocols = uri_protocols;
  handler->get_uri = get_uri;
  handler->set_uri = set_uri;
}

static void gst_kling_text_src_class_init(GstKlingTextSrcClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  klingtext::install_properties(object_class);

  static GstStaticPadTemplate src_template =
      GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Kling text-to-video source",
                                        "Source/Network/Video",
                                        "Generates a video from a text prompt with a remote "
                                        "service (AIML API, Kling) and outputs its "
                                        "MP4; the same request is never paid for twice",
                                        "The klingtextsrc maintainers");

  element_class->send_event = send_event;

  GstBaseSrcClass* base_class = GST_BASE_SRC_CLASS(klass);
  base_class->start = start;
  base_class->stop = stop;
  base_class->unlock = unlock;
  base_class->unlock_stop = unlock_stop;
  base_class->is_seekable = is_seekable;
  base_class->get_size = get_size;
  base_class->query = query;
  base_class->event = event;
  base_class->create = create;
}

static void gst_kling_text_src_init(GstKlingTextSrc* self) {
  self->source = new klingtext::Source(GST_BASE_SRC(self));
  gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_BYTES);
  gst_base_src_set_blocksize(GST_BASE_SRC(self), kBlockSize);
}
