// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

#include "storyboard/order.h"

namespace klingtext {

struct CommandLine {
  enum class Task {
    all,       // the shots, then the film
    shot,      // one shot, no film
    film,      // the film of what is there
    estimate,  // what it would cost
    count,     // how many shots there are
    version,
  };
  enum class Output { people, json };
  enum class Rehearse { no, yes };

  Task task = Task::all;
  std::string storyboard;
  std::string film;   // empty where no film is made
  unsigned shot = 0;  // from 1
  Rehearse rehearse = Rehearse::no;
  std::string store;  // empty: the default one
  std::string api_key_file;
  unsigned max_concurrent = 0;       // 0: all
  std::optional<unsigned> patience;  // seconds per shot
  Output output = Output::people;
  TwoPops two_pops = TwoPops::head;
  BurnIn burn_in = BurnIn::no;
};

// Nothing after saying on stderr what is wrong with the command line.
std::optional<CommandLine> read_command_line(int argc, char** argv);

}  // namespace klingtext
