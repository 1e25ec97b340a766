// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext-journal: what was paid for, for people and for scripts.
#include <clocale>
#include <iostream>

#include "journal/commands.h"
#include "journal/json_document.h"

namespace klingtext {

Exit complain(const Error& error) {
  std::cerr << "klingtext-journal: " << error.message << '\n';
  return Exit::trouble;
}

void complain_of(const std::vector<std::string>& damaged, const StoreDir& store) {
  for (const std::string& name : damaged) {
    std::cerr << "klingtext-journal: The entry " << store.path_of(name)
              << " cannot be read; klingtext-journal verify says what to do.\n";
  }
}

namespace {

Exit run(const JournalView& view, const CommandLine& line) {
  switch (line.command) {
    case CommandLine::Command::list:
      return list(view, line);
    case CommandLine::Command::show:
      return show(view, line);
    case CommandLine::Command::forget:
      return forget(view, line);
    case CommandLine::Command::verify:
      return verify(view, line);
    case CommandLine::Command::fetch:
      return fetch(view, line);
    case CommandLine::Command::recover:
      return recover(view, line);
    case CommandLine::Command::prune:
      return prune(view, line);
    case CommandLine::Command::spent:
      break;
  }
  return spent(view, line);
}

Exit run(const CommandLine& line) {
  const std::string path = line.store.value_or(default_store_path());
  const bool recovers = line.command == CommandLine::Command::recover;
  const bool adopts = recovers && line.adopt == CommandLine::Adopt::yes;
  auto store = adopts ? StoreDir::open(path) : StoreDir::open_to_look(path);
  if (!store.ok()) return complain(store.error());
  const JournalView view(std::move(*store));
  if (!recovers && !view.store().exists()) {
    std::cerr << "klingtext-journal: There is no store " << path << ".\n";
    // Before the first generation there is no default store, and that is all right. One that is
    // named and not there is a slip of the pen, or a disk that is not mounted.
    if (line.store) return Exit::trouble;
  }
  return run(view, line);
}

}  // namespace
}  // namespace klingtext

int main(int argc, char** argv) {
  setlocale(LC_ALL, "");
  const auto line = klingtext::read_command_line(argc, argv);
  return static_cast<int>(line ? klingtext::run(*line) : klingtext::Exit::usage);
}
