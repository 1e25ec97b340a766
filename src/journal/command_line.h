// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace klingtext {

struct CommandLine {
  enum class Command { list, show, forget, verify, spent, fetch, prune };
  enum class Output { people, json, csv };
  enum class Force { no, yes };
  enum class ClipToo { no, yes };
  enum class Paid { no, yes };
  // UTC days since 1970: from `first` on, before `end`.
  struct Days {
    std::int64_t first = std::numeric_limits<std::int64_t>::min();
    std::int64_t end = std::numeric_limits<std::int64_t>::max();
    bool contains(std::int64_t day) const { return day >= first && day < end; }
  };

  Command command = Command::list;
  std::vector<std::string> which;   // beginnings of keys, or ids
  std::vector<std::string> stores;  // none: the default one; several of spent only
  Output output = Output::people;
  Force force = Force::no;
  ClipToo clip_too = ClipToo::no;
  Days days;                 // of spent and list
  std::string status;        // of list: this one alone; empty: all
  Paid paid = Paid::no;      // of list: only what was, or may have been, paid for
  unsigned jobs = 4;         // of fetch: clips at the same time
  std::string api_key_file;  // of fetch
  std::uint64_t size = 0;    // of prune: bytes of clips that may stay
};

// What one run of the program leaves to the shell.
enum class Exit { fine = 0, trouble = 1, usage = 2, missing = 3 };

// Nothing after saying on stderr what is wrong with the command line. --help and --version end the
// process.
std::optional<CommandLine> read_command_line(int argc, char** argv);

}  // namespace klingtext
