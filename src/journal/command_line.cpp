// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/command_line.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <vector>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

using OptionContextPtr = GlibPtr<GOptionContext, g_option_context_free>;
using StringsPtr = GlibPtr<char*, g_strfreev>;

struct Known {
  const char* name;
  CommandLine::Command command;
  bool takes_which;
};

constexpr std::array<Known, 5> kCommands{{
    {"list", CommandLine::Command::list, false},
    {"show", CommandLine::Command::show, true},
    {"forget", CommandLine::Command::forget, true},
    {"verify", CommandLine::Command::verify, false},
    {"spent", CommandLine::Command::spent, false},
}};

constexpr const char* kSummary =
    "What klingtextsrc submitted, under which id, what it cost and where the clip is.\n"
    "\n"
    "Commands:\n"
    "  list            all generations, newest first\n"
    "  show WHICH      everything known of one\n"
    "  forget WHICH    remove one; the same request would then be paid for again\n"
    "  verify          check that every entry can be read and every clip is whole\n"
    "  spent           seconds of video and cost per UTC day\n"
    "\n"
    "WHICH is the beginning of a request key, a generation id or a client request id; one that\n"
    "begins with a dash goes behind a --.";

struct Raw {
  char* store = nullptr;
  gboolean json = FALSE;
  gboolean force = FALSE;
  gboolean clip = FALSE;
  char** words = nullptr;
};

bool parse(int argc, char** argv, Raw& raw) {
  const GOptionEntry entries[] = {
      {"store", 's', 0, G_OPTION_ARG_FILENAME, &raw.store,
       "The folder of journal and clips; default $XDG_DATA_HOME/klingtext", "DIR"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &raw.json, "One JSON document, for programs", nullptr},
      {"force", 'f', 0, G_OPTION_ARG_NONE, &raw.force,
       "forget: also what is not finished and may be billed", nullptr},
      {"clip", 'c', 0, G_OPTION_ARG_NONE, &raw.clip, "forget: remove the clip, too", nullptr},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw.words, nullptr, nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const OptionContextPtr context(g_option_context_new("list|show|forget|verify|spent [WHICH]"));
  g_option_context_set_summary(context.get(), kSummary);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  GErrorPtr error;
  const bool good = g_option_context_parse(context.get(), &argc, &argv, ErrorOut(error));
  if (!good) std::cerr << "klingtext-journal: " << error->message << '\n';
  return good;
}

std::optional<CommandLine> complain(const std::string& what) {
  std::cerr << "klingtext-journal: " << what << " See klingtext-journal --help.\n";
  return std::nullopt;
}

std::optional<CommandLine> understood(std::vector<std::string> words, const Raw& raw) {
  if (words.empty()) return complain("Which command?");
  const auto* known = std::find_if(kCommands.begin(), kCommands.end(),
                                   [&](const Known& one) { return words[0] == one.name; });
  if (known == kCommands.end()) return complain("There is no command \"" + words[0] + "\".");
  const std::size_t wanted = known->takes_which ? 2 : 1;
  if (words.size() < wanted) return complain(words[0] + " needs a key or an id.");
  if (words.size() > wanted) return complain("\"" + words[wanted] + "\" is too much.");
  if (known->takes_which && words[1].empty()) return complain("The key or id is empty.");
  if (known->command != CommandLine::Command::forget && (raw.force || raw.clip)) {
    return complain("--force and --clip belong to forget.");
  }
  CommandLine line;
  line.command = known->command;
  if (known->takes_which) line.which = words[1];
  if (raw.store != nullptr) line.store = raw.store;
  if (raw.json) line.output = CommandLine::Output::json;
  if (raw.force) line.force = CommandLine::Force::yes;
  if (raw.clip) line.clip_too = CommandLine::ClipToo::yes;
  return line;
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  Raw raw;
  const bool good = parse(argc, argv, raw);
  const GCharPtr store(raw.store);
  const StringsPtr words(raw.words);
  if (!good) return std::nullopt;
  std::vector<std::string> list;
  for (char** word = raw.words; word != nullptr && *word != nullptr; ++word) list.push_back(*word);
  return understood(std::move(list), raw);
}

}  // namespace klingtext
