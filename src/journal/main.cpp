// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext-journal: what was paid for, for people and for scripts.
#include <algorithm>
#include <clocale>
#include <filesystem>
#include <iostream>

#include "base/help_text.h"
#include "journal/commands.h"
#include "journal/json_document.h"

namespace klingtext {

void warn(const std::string& sentence) {
  std::cerr << "klingtext-journal: " << sentence << '\n';
}

Exit complain(const Error& error) {
  warn(error.message);
  return Exit::trouble;
}

bool complain_of_entries(const JournalView::Contents& contents, const StoreDir& store) {
  for (const Journal::Unread& one : contents.unread) complain(one.error);
  for (const std::string& name : contents.damaged) {
    std::cerr << "klingtext-journal: The entry " << store.path_of(name)
              << " cannot be read; klingtext-journal verify says what to do.\n";
  }
  return !contents.damaged.empty() || !contents.unread.empty();
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
  return spent({&view, 1}, line);
}

std::optional<JournalView> view_of(const std::string& path, const CommandLine& line) {
  const bool recovers = line.command == CommandLine::Command::recover;
  const bool adopts = recovers && line.adopt == CommandLine::Adopt::yes;
  auto store = adopts ? StoreDir::open(path) : StoreDir::open_to_look(path);
  if (!store.ok()) {
    complain(store.error());
    return std::nullopt;
  }
  std::optional<JournalView> view(std::in_place, std::move(*store));
  if (recovers || view->store().exists()) return view;
  std::cerr << "klingtext-journal: There is no store " << path << ".\n";
  // Before the first generation there is no default store. One that is named and not there is
  // misspelled, or its disk is not mounted.
  return line.stores.empty() ? std::move(view) : std::nullopt;
}

Exit run(const CommandLine& line) {
  std::vector<JournalView> views;
  const auto named = line.stores.empty() ? std::vector{default_store_path()} : line.stores;
  for (const std::string& path : named) {
    auto view = view_of(path, line);
    if (!view) return Exit::trouble;
    const bool again = std::any_of(views.begin(), views.end(), [&](const JournalView& other) {
      std::error_code failed;
      return std::filesystem::equivalent(other.store().path(), path, failed);
    });
    if (again) {
      std::cerr << "klingtext-journal: --store names " << path << " twice.\n";
      return Exit::usage;
    }
    views.push_back(std::move(*view));
  }
  return views.size() > 1 ? spent(views, line) : run(views.front(), line);
}

}  // namespace
}  // namespace klingtext

int main(int argc, char** argv) {
  setlocale(LC_ALL, "");
  klingtext::print_help_without_ellipsis();
  const auto line = klingtext::read_command_line(argc, argv);
  return static_cast<int>(line ? klingtext::run(*line) : klingtext::Exit::usage);
}
