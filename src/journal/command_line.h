// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace klingtext {

struct CommandLine {
  enum class Command { list, show, forget, verify, spent };
  enum class Output { people, json };
  enum class Force { no, yes };
  enum class ClipToo { no, yes };

  Command command = Command::list;
  std::string which;                 // for show and forget: a key's beginning, or an id
  std::optional<std::string> store;  // nothing: the default one
  Output output = Output::people;
  Force force = Force::no;
  ClipToo clip_too = ClipToo::no;
};

// What one run of the program leaves to the shell.
enum class Exit { fine = 0, trouble = 1, usage = 2 };

// Nothing after saying on stderr what is wrong with the command line.
std::optional<CommandLine> read_command_line(int argc, char** argv);

}  // namespace klingtext
