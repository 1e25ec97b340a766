// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext-storyboard: from a list of shots to a finished film.
#include <fcntl.h>
#include <ges/ges.h>
#include <unistd.h>

#include <clocale>
#include <iostream>

#include "base/help_text.h"
#include "base/log.h"
#include "storyboard/cut_film.h"
#include "storyboard/cut_list.h"
#include "storyboard/estimate.h"
#include "storyboard/film_format.h"
#include "storyboard/json_display.h"
#include "storyboard/line_display.h"
#include "storyboard/part_file.h"
#include "storyboard/production.h"
#include "storyboard/storyboard_file.h"
#include "storyboard/terminal_display.h"

namespace klingtext {
namespace {

// What one run leaves to the shell; a signal leaves 128 and its number.
constexpr int kFine = 0;
constexpr int kTrouble = 1;  // the shot, or the film, is not there
constexpr int kUsage = 2;    // command line or storyboard
constexpr int kSlates = 3;   // the film is there, with slates in it

int complain(const CommandLine& line, const Error& error, int status) {
  std::cerr << "klingtext-storyboard: " << error.message << '\n';
  if (line.output == CommandLine::Output::json) JsonDisplay().ended({}, {.trouble = error});
  return status;
}

std::unique_ptr<Display> display_for(CommandLine::Output output) {
  if (output == CommandLine::Output::json) return std::make_unique<JsonDisplay>();
  const char* terminal = g_getenv("TERM");
  const bool dumb = terminal == nullptr || g_str_equal(terminal, "dumb");
  if (isatty(STDOUT_FILENO) == 0 || dumb) return std::make_unique<LineDisplay>();
  return std::make_unique<TerminalDisplay>();
}

// Before anything is bought: that the film can be made and put where it should go.
Outcome check_film(const CommandLine& line) {
  if (auto there = check_encoders(*container_of(line.film)); !there.ok()) return there;
  for (const std::string& file : files_of_film(line.film)) {
    if (!g_file_test(file.c_str(), G_FILE_TEST_IS_DIR)) continue;
    return Error{.kind = ErrorKind::settings,
                 .message = file + " is a folder. Choose another name for the film."};
  }
  const auto place = PartFile::create(line.film);  // removed at once
  return place.ok() ? Outcome(Done{}) : place.as<Done>();
}

struct Run {
  const CommandLine& line;
  const Storyboard& storyboard;
  const std::vector<Order>& orders;
  const Interrupt& interrupt;
  Display& display;

  int cut(const Shots& shots) const {
    const auto made = cut_film(storyboard, orders, shots, line.film, interrupt, display);
    Ending ending = made.ok() ? *made : Ending{.missing = missing_of(orders)};
    if (made.failed()) ending.trouble = made.error();
    if (made.stopped()) ending.signal = interrupt.signal();
    display.ended(shots, ending);
    if (made.stopped()) return 128 + ending.signal;
    if (made.failed()) return kTrouble;
    return ending.missing.empty() ? kFine : kSlates;
  }

  int produce(const std::vector<Order>& wanted) const {
    Production production(wanted, line.max_concurrent, display);
    const Outcome ran = production.run(interrupt);
    if (ran.failed()) return complain(line, ran.error(), kTrouble);
    if (ran.stopped()) {
      const int signal = interrupt.signal();
      display.ended(production.shots(), {.missing = missing_of(wanted), .signal = signal});
      return 128 + signal;
    }
    if (line.task == CommandLine::Task::all) return cut(production.shots());
    display.ended(production.shots(), {.missing = missing_of(wanted)});
    return production.shots().front().error ? kTrouble : kFine;
  }
};

int run(const CommandLine& line) {
  if (line.task == CommandLine::Task::version) {
    std::cout << "klingtext-storyboard " KLINGTEXT_VERSION "\n";
    return kFine;
  }
  auto storyboard = read_storyboard(line.storyboard);
  if (!storyboard.ok()) return complain(line, storyboard.error(), kUsage);
  storyboard->film.burn_in = line.burn_in;
  if (auto fit = check_dissolves(*storyboard); !fit.ok())
    return complain(line, fit.error(), kUsage);
  const auto orders =
      orders_of(*storyboard, {line.rehearse == CommandLine::Rehearse::yes, line.store,
                              line.api_key_file, line.patience, line.two_pops});
  if (!orders.ok()) return complain(line, orders.error(), kUsage);
  if (line.task == CommandLine::Task::count) {
    std::cout << orders->size() << '\n';
    return kFine;
  }
  if (line.task == CommandLine::Task::estimate) {
    const Outcome printed = print_estimate(*orders, line.output);
    return printed.ok() ? kFine : complain(line, printed.error(), kTrouble);
  }
  if (line.shot > orders->size()) {
    return complain(line,
                    {.kind = ErrorKind::settings,
                     .message = "There is no shot " + std::to_string(line.shot) + "; the last is " +
                                std::to_string(orders->size()) + "."},
                    kUsage);
  }
  if (!line.film.empty()) {
    if (auto good = check_film(line); !good.ok()) return complain(line, good.error(), kTrouble);
  }
  const Interrupt& interrupt = Interrupt::install();
  const auto display = display_for(line.output);
  const Run run{line, *storyboard, *orders, interrupt, *display};
  if (line.task == CommandLine::Task::film) return run.cut({});
  if (line.task == CommandLine::Task::shot) return run.produce({(*orders)[line.shot - 1]});
  return run.produce(*orders);
}

// A standard stream that the parent process closed would be the number of the next file, and what
// is printed would be written into it.
void open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd) return;
  }
}

void print_log(const LogLine& line) {
  if (line.level == LogLevel::warning) std::cerr << "klingtext-storyboard: " << line.text << '\n';
}

}  // namespace
}  // namespace klingtext

int main(int argc, char** argv) {
  klingtext::open_standard_streams();
  setlocale(LC_ALL, "");
  klingtext::print_help_without_ellipsis();
  const auto line = klingtext::read_command_line(argc, argv);
  if (!line) return klingtext::kUsage;
  klingtext::set_log_sink(klingtext::print_log);
  ges_init();
  const int status = klingtext::run(*line);
  ges_deinit();
  return status;
}
