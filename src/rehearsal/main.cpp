// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext-rehearsal: the rehearsal service as a program.
#include <glib-unix.h>
#include <gst/gst.h>

#include <iostream>
#include <string>

#include "base/glib_ptr.h"
#include "base/log.h"
#include "rehearsal/rehearsal_service.h"

namespace {

using klingtext::RehearsalService;
using OptionContextPtr = klingtext::GlibPtr<GOptionContext, g_option_context_free>;
using LoopPtr = klingtext::GlibPtr<GMainLoop, g_main_loop_unref>;

void take_text(char* text, std::string& into) {
  const klingtext::GCharPtr owned(text);
  if (owned != nullptr) into = owned.get();
}

// False after saying what is wrong with the command line.
bool read_options(int* argc, char*** argv, RehearsalService::Options& options) {
  char* address = nullptr;
  char* api_key = nullptr;
  char* state_dir = nullptr;
  char* clips_dir = nullptr;
  int port = 0;
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &port, "Port to listen on; 0, the default, picks one",
       "N"},
      {"address", 'a', 0, G_OPTION_ARG_STRING, &address,
       "IP address to listen on instead of 127.0.0.1", "A"},
      {"api-key", 'k', 0, G_OPTION_ARG_STRING, &api_key,
       "The only key to accept; otherwise any will do", "K"},
      {"pace", 0, 0, G_OPTION_ARG_DOUBLE, &options.pace,
       "How much of the real 152 s a generation takes; default 0.02", "F"},
      {"state", 's', 0, G_OPTION_ARG_FILENAME, &state_dir,
       "Keep generations and clips here; otherwise they go with the program", "DIR"},
      {"clips", 'c', 0, G_OPTION_ARG_FILENAME, &clips_dir,
       "Answer with the MP4s that are here instead of slates", "DIR"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const OptionContextPtr context(g_option_context_new("- the API without the bill"));
  g_option_context_set_summary(
      context.get(),
      "Answers like the video API and renders a slate in place of every generated clip.");
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  klingtext::GErrorPtr error;
  const bool read = g_option_context_parse(context.get(), argc, argv, klingtext::ErrorOut(error));
  take_text(address, options.address);
  take_text(api_key, options.api_key);
  take_text(state_dir, options.state_dir);
  take_text(clips_dir, options.clips_dir);
  if (!read) {
    std::cerr << "klingtext-rehearsal: " << error->message << '\n';
  } else if (*argc > 1) {
    std::cerr << "klingtext-rehearsal: " << (*argv)[1] << " is not an option\n";
  } else if (port < 0 || port > G_MAXUINT16 || !(options.pace >= 0 && options.pace <= 100)) {
    std::cerr << "klingtext-rehearsal: --port is 0 to 65535, --pace 0 to 100\n";
  } else {
    options.port = static_cast<unsigned>(port);
    return true;
  }
  return false;
}

void print_log(klingtext::LogLevel level, const char* text) {
  if (level == klingtext::LogLevel::warning) std::cerr << text << '\n';
}

void warn_unless_loopback(const std::string& base_url) {
  const klingtext::GUriPtr url(g_uri_parse(base_url.c_str(), G_URI_FLAGS_NONE, nullptr));
  const auto address = klingtext::ObjectPtr<GInetAddress>::adopt(
      g_inet_address_new_from_string(g_uri_get_host(url.get())));
  if (address && !g_inet_address_get_is_loopback(address.get())) {
    std::cerr << "Everybody who reaches " << base_url << " can use this service.\n";
  }
}

gboolean quit(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) {
  RehearsalService::Options options;
  if (!read_options(&argc, &argv, options)) return 2;
  klingtext::set_log_sink(print_log);
  const LoopPtr loop(g_main_loop_new(nullptr, FALSE));
  g_unix_signal_add(SIGINT, quit, loop.get());
  g_unix_signal_add(SIGTERM, quit, loop.get());
  auto service = RehearsalService::start(options);
  if (!service) {
    std::cerr << service.error().message << '\n';
    return 1;
  }
  std::cout << "listening on " << (*service)->base_url() << std::endl;
  warn_unless_loopback((*service)->base_url());
  g_main_loop_run(loop.get());
  return 0;
}
