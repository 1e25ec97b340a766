// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays a prompt, with progress, time left and errors on stderr.
//   build/examples/player [--headless] [--real] PROMPT        (in `meson devenv -C build`)
// --headless has no window and no sound; --real buys the film instead of rehearsing it. The key of
// a real one is the application's own affair: here $PLAYER_KEY, handed to the source.
#include <gst/gst.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

namespace {

struct Player {
  GstElement* playbin;
  GMainLoop* loop;
  bool failed = false;
};

// The source exists now, and nothing has been asked for: the moment for secrets and limits.
void source_setup(GstElement*, GstElement* source, gpointer) {
  if (const char* key = std::getenv("PLAYER_KEY")) g_object_set(source, "api-key", key, nullptr);
}

void show_progress(GstMessage* message) {
  g_autofree char* text = nullptr;
  int percent = 0;
  gst_message_parse_progress(message, nullptr, nullptr, &text);
  gst_structure_get_int(gst_message_get_structure(message), "percent", &percent);
  std::fprintf(stderr, "%3d %%  %s\n", percent, text);
}

void show_clip(const GstStructure* generation) {
  const char* clip = gst_structure_get_string(generation, "clip");
  if (clip != nullptr) std::fprintf(stderr, "Clip: %s\n", clip);
}

void show_error(GstMessage* message) {
  g_autoptr(GError) error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  std::fprintf(stderr, "%s\n", error->message);
  const GstStructure* details = nullptr;
  gst_message_parse_error_details(message, &details);
  for (int i = 0; details != nullptr && i < gst_structure_n_fields(details); ++i) {
    const char* name = gst_structure_nth_field_name(details, static_cast<guint>(i));
    g_autofree char* value = gst_value_serialize(gst_structure_get_value(details, name));
    std::fprintf(stderr, "  %s: %s\n", name, value);
  }
}

gboolean heard(GstBus*, GstMessage* message, gpointer data) {
  auto& player = *static_cast<Player*>(data);
  int filled = 100;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_PROGRESS) show_progress(message);
  const GstStructure* fields = gst_message_get_structure(message);
  if (gst_message_has_name(message, "klingtext-generation")) show_clip(fields);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_BUFFERING) {
    gst_message_parse_buffering(message, &filled);
    gst_element_set_state(player.playbin, filled < 100 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  }
  player.failed = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
  if (player.failed) show_error(message);
  const bool ended = player.failed || GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  if (ended) g_main_loop_quit(player.loop);
  return G_SOURCE_CONTINUE;
}

int play(const char* prompt, const char* query, bool headless) {
  g_autoptr(GstElement) playbin = gst_element_factory_make("playbin3", nullptr);
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
  g_autofree char* escaped = g_uri_escape_string(prompt, nullptr, FALSE);
  Player player{playbin, loop};
  g_object_set(playbin, "uri", (std::string("klingtext:") + escaped + query).c_str(), nullptr);
  for (const char* sink : {"video-sink", "audio-sink"}) {
    if (headless) g_object_set(playbin, sink, gst_element_factory_make("fakesink", sink), nullptr);
  }
  // GStreamer 1.22 leaks the volume it adds in front of a sink that has none.
  if (headless) gst_util_set_object_arg(G_OBJECT(playbin), "flags", "video+audio");
  g_signal_connect(playbin, "source-setup", G_CALLBACK(source_setup), nullptr);
  g_autoptr(GstBus) bus = gst_element_get_bus(playbin);
  gst_bus_add_watch(bus, heard, &player);
  gst_element_set_state(playbin, GST_STATE_PLAYING);
  g_main_loop_run(loop);
  gst_element_set_state(playbin, GST_STATE_NULL);
  gst_bus_remove_watch(bus);
  return player.failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  const std::set<std::string> options(argv + 1, argv + (argc > 1 ? argc - 1 : 1));
  const char* query = options.contains("--real") ? "" : "?rehearse=true";
  const int exit_code = argc < 2 ? 2 : play(argv[argc - 1], query, options.contains("--headless"));
  gst_deinit();
  return exit_code;
}
