// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/command_line.h"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/glib_ptr.h"
#include "base/number.h"
#include "journal/option_values.h"

namespace klingtext {
namespace {

using OptionContextPtr = GlibPtr<GOptionContext, g_option_context_free>;
using StringsPtr = GlibPtr<char*, g_strfreev>;
using Command = CommandLine::Command;

enum class Takes { nothing, one, any };

struct Known {
  const char* name;
  Command command;
  Takes takes;
};

constexpr std::array<Known, 7> kCommands{{
    {"list", Command::list, Takes::nothing},
    {"show", Command::show, Takes::one},
    {"forget", Command::forget, Takes::one},
    {"fetch", Command::fetch, Takes::any},
    {"prune", Command::prune, Takes::nothing},
    {"verify", Command::verify, Takes::nothing},
    {"spent", Command::spent, Takes::nothing},
}};

constexpr const char* kSummary =
    "What klingtextsrc submitted, under which id, what it cost and where the clip is.\n"
    "\n"
    "Commands:\n"
    "  list             all generations, or those that options choose, newest first\n"
    "  show WHICH       everything known of one\n"
    "  forget WHICH     remove one; the same request would then be paid for again\n"
    "  fetch [WHICH]... download every paid clip that is not whole; submits nothing\n"
    "  prune            evict clips down to --size, remove what ended processes left\n"
    "  verify           check every entry, every clip and the ledger\n"
    "  spent            seconds of video and cost per UTC day\n"
    "\n"
    "WHICH is the beginning of a request key, a generation id or a client request id; one that\n"
    "begins with a dash goes behind a --.";

struct Raw {
  char** stores = nullptr;
  char* api_key_file = nullptr;
  char* jobs = nullptr;
  char* size = nullptr;
  char* month = nullptr;
  char* since = nullptr;
  char* status = nullptr;
  gboolean json = FALSE;
  gboolean csv = FALSE;
  gboolean force = FALSE;
  gboolean clip = FALSE;
  gboolean paid = FALSE;
  gboolean version = FALSE;
  char** words = nullptr;
};

bool parse(int argc, char** argv, Raw& raw) {
  const GOptionEntry entries[] = {
      {"store", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &raw.stores,
       "The folder of journal and clips; default $XDG_DATA_HOME/klingtext; spent takes several",
       "DIR"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &raw.json, "One JSON document, for programs", nullptr},
      {"force", 'f', 0, G_OPTION_ARG_NONE, &raw.force,
       "forget: also what is not finished and may be billed", nullptr},
      {"clip", 'c', 0, G_OPTION_ARG_NONE, &raw.clip, "forget: remove the clip, too", nullptr},
      {"jobs", 'n', 0, G_OPTION_ARG_STRING, &raw.jobs,
       "fetch: at most N clips at the same time; default 4", "N"},
      {"api-key-file", 'k', 0, G_OPTION_ARG_FILENAME, &raw.api_key_file,
       "fetch: the file that holds the key; else AIMLAPI_API_KEY in the environment", "FILE"},
      {"size", 'b', 0, G_OPTION_ARG_STRING, &raw.size, "prune: bytes of clips that may stay",
       "BYTES"},
      {"month", 'm', 0, G_OPTION_ARG_STRING, &raw.month, "spent: in this month alone", "YYYY-MM"},
      {"since", 'd', 0, G_OPTION_ARG_STRING, &raw.since, "list, spent: from this day on",
       "YYYY-MM-DD"},
      {"status", 't', 0, G_OPTION_ARG_STRING, &raw.status, "list: only those with this status",
       "STATUS"},
      {"paid", 'p', 0, G_OPTION_ARG_NONE, &raw.paid,
       "list: only those that were, or may have been, paid for", nullptr},
      {"csv", 'v', 0, G_OPTION_ARG_NONE, &raw.csv, "spent: comma-separated values", nullptr},
      {"version", 'V', 0, G_OPTION_ARG_NONE, &raw.version, "Print the version", nullptr},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw.words, nullptr, nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const OptionContextPtr context(g_option_context_new("COMMAND [WHICH]..."));
  g_option_context_set_summary(context.get(), kSummary);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  GErrorPtr error;
  const bool good = g_option_context_parse(context.get(), &argc, &argv, ErrorOut(error));
  if (!good) std::cerr << "klingtext-journal: " << error->message << '\n';
  return good;
}

std::nullopt_t complain(const std::string& what) {
  std::cerr << "klingtext-journal: " << what << ". See klingtext-journal --help.\n";
  return std::nullopt;
}

struct Owned {
  const char* option;
  bool is_set;
  Command command;
  Command another;  // that takes it too
};

// An option that belongs to another command; null: none.
const char* stray_option(const Raw& raw, Command command) {
  using enum Command;
  const std::array<Owned, 11> owned{
      {{"--force", raw.force != FALSE, forget, forget},
       {"--clip", raw.clip != FALSE, forget, forget},
       {"--jobs", raw.jobs != nullptr, fetch, fetch},
       {"--api-key-file", raw.api_key_file != nullptr, fetch, fetch},
       {"--size", raw.size != nullptr, prune, prune},
       {"--month", raw.month != nullptr, spent, spent},
       {"--since", raw.since != nullptr, spent, list},
       {"--csv", raw.csv != FALSE, spent, spent},
       {"--status", raw.status != nullptr, list, list},
       {"--paid", raw.paid != FALSE, list, list},
       {"a second --store",
        raw.stores != nullptr && raw.stores[0] != nullptr && raw.stores[1] != nullptr, spent,
        spent}}};
  const auto* stray = std::find_if(owned.begin(), owned.end(), [&](const Owned& one) {
    return one.is_set && one.command != command && one.another != command;
  });
  return stray == owned.end() ? nullptr : stray->option;
}

std::optional<CommandLine> with_values(CommandLine line, const Raw& raw) {
  for (char** store = raw.stores; store != nullptr && *store != nullptr; ++store) {
    line.stores.emplace_back(*store);
  }
  if (raw.api_key_file != nullptr) line.api_key_file = raw.api_key_file;
  if (raw.json != FALSE && raw.csv != FALSE) return complain("--json and --csv exclude each other");
  if (raw.json != FALSE) line.output = CommandLine::Output::json;
  if (raw.csv != FALSE) line.output = CommandLine::Output::csv;
  if (raw.force != FALSE) line.force = CommandLine::Force::yes;
  if (raw.clip != FALSE) line.clip_too = CommandLine::ClipToo::yes;
  if (raw.month != nullptr && raw.since != nullptr) {
    return complain("--month and --since exclude each other");
  }
  const auto days = raw.month != nullptr   ? days_of_month(raw.month)
                    : raw.since != nullptr ? days_since(raw.since)
                                           : CommandLine::Days{};
  if (!days && raw.month != nullptr) return complain("--month takes a month such as 2026-11");
  if (!days) return complain("--since takes a day such as 2026-11-30");
  line.days = *days;
  if (raw.paid != FALSE) line.paid = CommandLine::Paid::yes;
  if (raw.status != nullptr) {
    line.status = raw.status;
    if (!is_status(line.status)) {
      return complain("--status takes submitting, unknown, running, completed or failed");
    }
  }
  if (raw.jobs != nullptr) {
    line.jobs = number_in<unsigned>(raw.jobs).value_or(0);
    if (line.jobs < 1 || line.jobs > 64) return complain("--jobs takes a number from 1 to 64");
  }
  if (raw.size != nullptr) {
    const auto size = number_in<std::uint64_t>(raw.size);
    if (!size) return complain("--size takes a number of bytes");
    line.size = *size;
  } else if (line.command == Command::prune) {
    return complain("prune needs --size BYTES");
  }
  return line;
}

std::optional<CommandLine> understood(std::vector<std::string> words, const Raw& raw) {
  if (words.empty()) return complain("missing command");
  const auto* known = std::find_if(kCommands.begin(), kCommands.end(),
                                   [&](const Known& one) { return words[0] == one.name; });
  if (known == kCommands.end()) return complain("unknown command: " + words[0]);
  CommandLine line;
  line.command = known->command;
  line.which.assign(words.begin() + 1, words.end());
  if (known->takes == Takes::one && line.which.empty()) {
    return complain(words[0] + " needs a key or an id");
  }
  const std::size_t most = known->takes == Takes::one ? 1 : 0;
  if (known->takes != Takes::any && line.which.size() > most) {
    return complain("unexpected argument: " + line.which[most]);
  }
  if (std::find(line.which.begin(), line.which.end(), "") != line.which.end()) {
    return complain("the key or id is empty");
  }
  if (const char* stray = stray_option(raw, line.command)) {
    return complain("unexpected option: " + std::string(stray) + " with " + words[0]);
  }
  return with_values(std::move(line), raw);
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  Raw raw;
  const bool good = parse(argc, argv, raw);
  const std::array<GCharPtr, 6> texts{GCharPtr(raw.status), GCharPtr(raw.api_key_file),
                                      GCharPtr(raw.jobs),   GCharPtr(raw.size),
                                      GCharPtr(raw.month),  GCharPtr(raw.since)};
  const std::array<StringsPtr, 2> lists{StringsPtr(raw.words), StringsPtr(raw.stores)};
  if (!good) return std::nullopt;
  if (raw.version != FALSE) {
    std::cout << "klingtext-journal " KLINGTEXT_VERSION "\n";
    std::exit(0);
  }
  std::vector<std::string> list;
  for (char** word = raw.words; word != nullptr && *word != nullptr; ++word) list.push_back(*word);
  return understood(std::move(list), raw);
}

}  // namespace klingtext
