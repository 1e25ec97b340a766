// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext-rehearsal: the rehearsal service as a program.
#include <glib-unix.h>
#include <malloc.h>

#include <iostream>
#include <string>
#include <utility>

#include "base/glib_ptr.h"
#include "base/help_text.h"
#include "base/log.h"
#include "rehearsal/program/backstage.h"
#include "rehearsal/program/command_line.h"
#include "rehearsal/rehearsal_service.h"

namespace {

using namespace klingtext;  // NOLINT: all of it is this program's
using LoopPtr = GlibPtr<GMainLoop, g_main_loop_unref>;

void print_log(const LogLine& line) {
  if (line.level == LogLevel::warning) std::cerr << line.text << '\n';
}

void warn_unless_loopback(const std::string& base_url) {
  const GUriPtr url(g_uri_parse(base_url.c_str(), G_URI_FLAGS_NONE, nullptr));
  const auto address =
      ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(g_uri_get_host(url.get())));
  if (address && !g_inet_address_get_is_loopback(address.get())) {
    std::cerr << "Everybody who reaches " << base_url << " can use this service.\n";
  }
}

// Frames are megabytes, come and go by the thousand, and would otherwise stay as holes in the heaps
// of threads that have long ended.
void keep_small() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

gboolean quit(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

std::unique_ptr<rehearsal::Annex> backstage(const rehearsal::CommandLine& line,
                                            rehearsal::Desk& desk, rehearsal::WebFront& front) {
  rehearsal::Faults faults(line.seed);
  for (const rehearsal::Fault& fault : line.faults) faults.arm(fault);
  return std::make_unique<rehearsal::Backstage>(desk, front, std::move(faults), line.limits);
}

}  // namespace

int main(int argc, char** argv) {
  keep_small();
  print_help_without_ellipsis();
  auto line = rehearsal::read_command_line(argc, argv);
  if (!line) return 2;
  set_log_sink(print_log);
  const LoopPtr loop(g_main_loop_new(nullptr, FALSE));
  g_unix_signal_add(SIGINT, quit, loop.get());
  g_unix_signal_add(SIGTERM, quit, loop.get());
  RehearsalService::Options options = line->service;
  options.annex = [&line](rehearsal::Desk& desk, rehearsal::WebFront& front) {
    return backstage(*line, desk, front);
  };
  auto service = RehearsalService::start(std::move(options));
  if (!service) {
    std::cerr << service.error().message << '\n';
    return 1;
  }
  std::cout << "listening on " << (*service)->base_url() << std::endl;
  warn_unless_loopback((*service)->base_url());
  g_main_loop_run(loop.get());
  return 0;
}
