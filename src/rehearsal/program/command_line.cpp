// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/command_line.h"

#include <gst/gst.h>

#include <cstdlib>
#include <iostream>

#include "base/glib_ptr.h"
#include "rehearsal/program/scenario.h"

namespace klingtext::rehearsal {

namespace {

using OptionContextPtr = GlibPtr<GOptionContext, g_option_context_free>;
constexpr int kMostWorkers = 10'000;

using StringsPtr = GlibPtr<char*, g_strfreev>;

void complain(const std::string& what) {
  std::cerr << "klingtext-rehearsal: " << what << '\n';
}

void take_text(char* text, std::string& into) {
  const GCharPtr owned(text);
  if (owned != nullptr) into = owned.get();
}

// What GOption fills in; texts are ours to free.
struct Raw {
  char* address = nullptr;
  char* api_key = nullptr;
  char* state_dir = nullptr;
  char* clips_dir = nullptr;
  char* scenario = nullptr;
  char* seed = nullptr;
  char** faults = nullptr;
  gboolean version = FALSE;
  int port = 0;
  int link_life = 0;
  int clip_port = -1;  // none
  int workers = 0;
  int rate = 0;
  int concurrency = 0;
  double pace = RehearsalService::Options().pace;
};

bool parse(Raw& raw, int* argc, char*** argv) {
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &raw.port, "Port to listen on; 0, the default, picks one",
       "N"},
      {"address", 'a', 0, G_OPTION_ARG_STRING, &raw.address,
       "IP address to listen on instead of 127.0.0.1", "A"},
      {"api-key", 'k', 0, G_OPTION_ARG_STRING, &raw.api_key,
       "The only key to accept; otherwise any will do", "K"},
      {"pace", 0, 0, G_OPTION_ARG_DOUBLE, &raw.pace,
       "How much of the real 152 s a generation takes; default 0.02", "F"},
      {"state", 's', 0, G_OPTION_ARG_FILENAME, &raw.state_dir,
       "Keep generations and clips here; otherwise they go with the program", "DIR"},
      {"clips", 'c', 0, G_OPTION_ARG_FILENAME, &raw.clips_dir,
       "Answer with the MP4s that are here instead of slates", "DIR"},
      {"link-life", 0, 0, G_OPTION_ARG_INT, &raw.link_life,
       "Sign the links to clips, and let them expire after so many seconds", "S"},
      {"clip-port", 0, 0, G_OPTION_ARG_INT, &raw.clip_port,
       "Have the clips at another port; 0 picks one", "N"},
      {"workers", 0, 0, G_OPTION_ARG_INT, &raw.workers,
       "Work on so many generations at once; 0, the default, on all", "N"},
      {"rate", 0, 0, G_OPTION_ARG_INT, &raw.rate,
       "Accept so many submissions per minute and key; 0, the default, all", "N"},
      {"concurrency", 0, 0, G_OPTION_ARG_INT, &raw.concurrency,
       "Accept so many unfinished generations per key; 0, the default, all", "N"},
      {"fail", 'f', 0, G_OPTION_ARG_STRING_ARRAY, &raw.faults,
       "Arm a failure; may be given several times", "NAME[,OPTION=VALUE]..."},
      {"scenario", 0, 0, G_OPTION_ARG_FILENAME, &raw.scenario, "Arm the failures of this file",
       "FILE"},
      {"seed", 0, 0, G_OPTION_ARG_STRING, &raw.seed,
       "Decides where failures with a chance fall; default 0", "TEXT"},
      {"version", 'V', 0, G_OPTION_ARG_NONE, &raw.version, "Print the version", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const OptionContextPtr context(g_option_context_new("- the API without the bill"));
  g_option_context_set_summary(
      context.get(),
      "Answers like the video API and renders a slate in place of every generated clip.");
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  GErrorPtr error;
  if (!g_option_context_parse(context.get(), argc, argv, ErrorOut(error))) {
    complain(error->message);
    return false;
  }
  if (*argc > 1) complain(std::string((*argv)[1]) + " is not an option");
  return *argc <= 1;
}

bool is_within_bounds(const Raw& raw) {
  if (raw.port < 0 || raw.port > G_MAXUINT16 || raw.clip_port > G_MAXUINT16) {
    complain("--port and --clip-port are 0 to 65535");
  } else if (!(raw.pace >= 0 && raw.pace <= 100)) {
    complain("--pace is 0 to 100");
  } else if (raw.link_life < 0 || raw.rate < 0 || raw.concurrency < 0) {
    complain("--link-life, --rate and --concurrency are at least 0");
  } else if (raw.workers < 0 || raw.workers > kMostWorkers) {
    complain("--workers is 0 to 10000");
  } else {
    return true;
  }
  return false;
}

// The faults of the scenario first, then those of the command line.
bool read_faults(const std::string& scenario, char** texts, CommandLine& line) {
  if (!scenario.empty()) {
    auto read = read_scenario(scenario);
    if (!read) {
      complain(read.error().message);
      return false;
    }
    line.faults = std::move(read->faults);
    if (!read->seed.empty()) line.seed = read->seed;
  }
  for (char** text = texts; text != nullptr && *text != nullptr; ++text) {
    auto fault = parse_fault(*text);
    if (!fault) {
      complain(fault.error().message);
      return false;
    }
    line.faults.push_back(*std::move(fault));
  }
  return true;
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  Raw raw;
  const bool parsed = parse(raw, &argc, &argv);
  CommandLine line;
  std::string scenario;
  std::string seed;
  take_text(raw.address, line.service.address);
  take_text(raw.api_key, line.service.api_key);
  take_text(raw.state_dir, line.service.state_dir);
  take_text(raw.clips_dir, line.service.clips_dir);
  take_text(raw.scenario, scenario);
  take_text(raw.seed, seed);
  const StringsPtr faults(raw.faults);
  if (!parsed) return std::nullopt;
  if (raw.version != FALSE) {
    std::cout << "klingtext-rehearsal " KLINGTEXT_VERSION "\n";
    std::exit(0);
  }
  if (!is_within_bounds(raw)) return std::nullopt;
  line.service.port = static_cast<unsigned>(raw.port);
  line.service.pace = raw.pace;
  if (raw.clip_port >= 0) line.service.clip_port = static_cast<unsigned>(raw.clip_port);
  line.service.workers = static_cast<unsigned>(raw.workers);
  line.limits = {.per_minute = static_cast<unsigned>(raw.rate),
                 .at_once = static_cast<unsigned>(raw.concurrency)};
  line.service.link_life = std::chrono::seconds(raw.link_life);
  if (!read_faults(scenario, faults.get(), line)) return std::nullopt;
  if (!seed.empty()) line.seed = seed;
  return line;
}

}  // namespace klingtext::rehearsal
