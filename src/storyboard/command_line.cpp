// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/command_line.h"

#include <gst/gst.h>

#include <array>
#include <iostream>

#include "base/glib_ptr.h"
#include "storyboard/film_format.h"

namespace klingtext {
namespace {

using OptionContextPtr = GlibPtr<GOptionContext, g_option_context_free>;
using StringsPtr = GlibPtr<char*, g_strfreev>;

constexpr const char* kSummary =
    "Generates all shots of a storyboard at the same time and cuts them to a film. What is there\n"
    "already is not generated again, and what runs is followed. FILE is TOML; man\n"
    "klingtext-storyboard explains it.";

struct Raw {
  char* film = nullptr;
  char* store = nullptr;
  char* api_key_file = nullptr;
  char* two_pop = nullptr;
  int shot = -1;
  int max_concurrent = 0;
  int timeout = -1;
  gboolean rehearse = FALSE;
  gboolean estimate = FALSE;
  gboolean film_only = FALSE;
  gboolean count = FALSE;
  gboolean json = FALSE;
  gboolean version = FALSE;
  gboolean burn_in = FALSE;
  char** words = nullptr;
};

bool parse(int* argc, char*** argv, Raw& raw) {
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &raw.film,
       "The film, .mp4 or .webm; its timeline is saved beside it as .xges", "FILM"},
      {"rehearse", 'r', 0, G_OPTION_ARG_NONE, &raw.rehearse,
       "Make the animatic: slates in place of shots, no key, no network, no cost", nullptr},
      {"two-pop", 'p', 0, G_OPTION_ARG_STRING, &raw.two_pop,
       "Which slates flash and beep at 2 s: head, the default, the first; all; none", "WHICH"},
      {"burn-in", 'b', 0, G_OPTION_ARG_NONE, &raw.burn_in,
       "Show the film's timecode in its picture", nullptr},
      {"estimate", 'e', 0, G_OPTION_ARG_NONE, &raw.estimate,
       "Only say what it would buy and what is paid already", nullptr},
      {"shot", 'n', 0, G_OPTION_ARG_INT, &raw.shot,
       "Only generate shot N, counted from 1, and make no film", "N"},
      {"film", 'f', 0, G_OPTION_ARG_NONE, &raw.film_only,
       "Only cut the film of the shots that are there", nullptr},
      {"count", 'c', 0, G_OPTION_ARG_NONE, &raw.count, "Only print how many shots there are",
       nullptr},
      {"max-concurrent", 'm', 0, G_OPTION_ARG_INT, &raw.max_concurrent,
       "Generate at most N shots at the same time; 0, the default, all", "N"},
      {"timeout", 't', 0, G_OPTION_ARG_INT, &raw.timeout,
       "Wait at most this long for a shot; default 1800, 0 has no limit", "SECONDS"},
      {"store", 's', 0, G_OPTION_ARG_FILENAME, &raw.store,
       "The folder of journal and clips; default $XDG_DATA_HOME/klingtext", "DIR"},
      {"api-key-file", 'k', 0, G_OPTION_ARG_FILENAME, &raw.api_key_file,
       "The file that holds the key; else AIMLAPI_API_KEY in the environment", "FILE"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &raw.json, "JSON, one object per line, for programs",
       nullptr},
      {"version", 'V', 0, G_OPTION_ARG_NONE, &raw.version, "Print the version", nullptr},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw.words, nullptr, nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const OptionContextPtr context(g_option_context_new("FILE - from a storyboard to a film"));
  g_option_context_set_summary(context.get(), kSummary);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  GErrorPtr error;
  const bool good = g_option_context_parse(context.get(), argc, argv, ErrorOut(error));
  if (!good) std::cerr << "klingtext-storyboard: " << error->message << '\n';
  return good;
}

std::optional<CommandLine> complain(const std::string& what) {
  std::cerr << "klingtext-storyboard: " << what << " See klingtext-storyboard --help.\n";
  return std::nullopt;
}

std::optional<TwoPops> two_pops_of(const char* word) {
  if (word == nullptr || g_str_equal(word, "head")) return TwoPops::head;
  if (g_str_equal(word, "all")) return TwoPops::all;
  if (g_str_equal(word, "none")) return TwoPops::none;
  return std::nullopt;
}

CommandLine::Task task_of(const Raw& raw) {
  if (raw.shot != -1) return CommandLine::Task::shot;
  if (raw.film_only != FALSE) return CommandLine::Task::film;
  if (raw.estimate != FALSE) return CommandLine::Task::estimate;
  return raw.count != FALSE ? CommandLine::Task::count : CommandLine::Task::all;
}

std::optional<CommandLine> understood(const Raw& raw) {
  if (raw.version != FALSE) {
    CommandLine line;
    line.task = CommandLine::Task::version;
    return line;
  }
  const int only = (raw.shot != -1 ? 1 : 0) + (raw.film_only != FALSE ? 1 : 0) +
                   (raw.estimate != FALSE ? 1 : 0) + (raw.count != FALSE ? 1 : 0);
  if (raw.words == nullptr) return complain("Which storyboard?");
  if (raw.words[1] != nullptr) return complain('"' + std::string(raw.words[1]) + "\" is too much.");
  if (only > 1) return complain("--shot, --film, --estimate and --count exclude each other.");
  if (raw.max_concurrent < 0) return complain("--max-concurrent is a number from 0.");
  if (raw.timeout < -1) return complain("--timeout is a number of seconds from 0.");
  if (raw.shot != -1 && raw.shot < 1) return complain("--shot is a number from 1.");
  const auto two_pops = two_pops_of(raw.two_pop);
  if (!two_pops) return complain("--two-pop is head, all or none.");
  CommandLine line;
  line.two_pops = *two_pops;
  if (raw.burn_in != FALSE) line.burn_in = BurnIn::yes;
  line.task = task_of(raw);
  const bool makes_film =
      line.task == CommandLine::Task::all || line.task == CommandLine::Task::film;
  if (makes_film) {
    if (raw.film == nullptr) return complain("Where should the film go? Give -o FILM.");
    if (!container_of(raw.film)) return complain("The film must end in .mp4 or .webm.");
    line.film = raw.film;
  }
  line.storyboard = raw.words[0];
  if (raw.shot > 0) line.shot = static_cast<unsigned>(raw.shot);
  if (raw.rehearse != FALSE) line.rehearse = CommandLine::Rehearse::yes;
  if (raw.store != nullptr) line.store = raw.store;
  if (raw.api_key_file != nullptr) line.api_key_file = raw.api_key_file;
  line.max_concurrent = static_cast<unsigned>(raw.max_concurrent);
  if (raw.timeout >= 0) line.patience = static_cast<unsigned>(raw.timeout);
  if (raw.json != FALSE) line.output = CommandLine::Output::json;
  return line;
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  Raw raw;
  const bool good = parse(&argc, &argv, raw);
  const std::array<GCharPtr, 4> texts{GCharPtr(raw.film), GCharPtr(raw.store),
                                      GCharPtr(raw.api_key_file), GCharPtr(raw.two_pop)};
  const StringsPtr words(raw.words);
  if (!good) return std::nullopt;
  return understood(raw);
}

}  // namespace klingtext
