// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/terminal_display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iostream>
#include <limits>

#include <glib.h>

#include "base/text.h"
#include "journal/text_table.h"
#include "storyboard/wording.h"

namespace klingtext {
namespace {

constexpr std::size_t kAll = 3000;  // characters; the table cuts at the terminal's edge
constexpr std::size_t kFrame = 3;   // lines that are no shot: titles, the sum, the cursor's
constexpr const char* kEraseLine = "\x1b[K";

// Status words in the row of a shot, behind its number.
struct Colour {
  const char* word;
  const char* code;
};
constexpr std::array kColours = {Colour{"done", "\x1b[32m"},       Colour{"failed", "\x1b[31m"},
                                 Colour{"submitting", "\x1b[33m"}, Colour{"queued", "\x1b[33m"},
                                 Colour{"generating", "\x1b[33m"}, Colour{"fetching", "\x1b[33m"}};
constexpr std::size_t kStatusWithin = 10;  // bytes from the beginning of a row

bool has_colour() {
  const char* none = g_getenv("NO_COLOR");  // https://no-color.org
  return none == nullptr || *none == '\0';
}

std::string coloured(const std::string& row) {
  for (const Colour& colour : kColours) {
    const std::size_t at = row.find(colour.word);
    if (at > kStatusWithin) continue;
    const std::size_t end = at + std::strlen(colour.word);
    return row.substr(0, at) + colour.code + row.substr(at, end - at) + "\x1b[m" + row.substr(end);
  }
  return row;
}

std::size_t terminal_rows() {
  struct winsize size {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return known ? size.ws_row : 24;
}

bool is_under_way(const ShotProgress& shot) {
  return shot.status != ShotProgress::Status::waiting && shot.status != ShotProgress::Status::done;
}

std::string table_of(const Shots& shots, std::size_t most_lines) {
  TextTable table(
      {{"SHOT", Align::right}, {"STATUS"}, {"TIME"}, {"COST", Align::right}, {"PROMPT"}});
  const bool all = shots.size() <= most_lines;
  std::size_t lines = 0;
  for (const ShotProgress& shot : shots) {
    if (!all && (!is_under_way(shot) || lines == most_lines)) continue;
    ++lines;
    table.add({std::to_string(shot.number), name_of(shot.status), time_text(shot), cost_text(shot),
               one_line(shot.error ? shot.error->message : shot.prompt, kAll)});
  }
  return table.text(output_width());
}

}  // namespace

void TerminalDisplay::draw(const Shots& shots, std::size_t most_lines) {
  const std::string table = table_of(shots, most_lines);
  const std::size_t rows_end = table.size();
  const std::string text = table + summary(shots) + '\n';
  const bool colours = has_colour();
  // A line that the terminal breaks would be two.
  const std::size_t width = output_width().value_or(80);
  std::string drawn;
  if (drawn_ > 0) drawn += "\x1b[" + std::to_string(drawn_) + 'A';
  drawn_ = 0;
  for (std::size_t at = 0; at < text.size(); ++drawn_) {
    const std::size_t end = text.find('\n', at);
    const std::string row = cut_to_cells(text.substr(at, end - at), width);
    drawn += (colours && end < rows_end ? coloured(row) : row) + kEraseLine + '\n';
    at = end + 1;
  }
  std::cout << drawn << "\x1b[J" << std::flush;
}

void TerminalDisplay::changed(const Shots& shots, const ShotProgress&) {
  passed(shots);
}

void TerminalDisplay::passed(const Shots& shots) {
  const std::size_t rows = terminal_rows();
  draw(shots, std::max<std::size_t>(1, rows > kFrame ? rows - kFrame : 1));
}

void TerminalDisplay::rendering(double share) {
  std::cout << "\rfilm: " << static_cast<int>(share * 100) << " %" << kEraseLine << std::flush;
}

void TerminalDisplay::ended(const Shots& shots, const Ending& ending) {
  std::cout << '\r' << kEraseLine;
  if (!shots.empty() && shots.size() + kFrame <= terminal_rows()) passed(shots);
  std::cout << closing_words(shots, ending) << std::flush;
}

}  // namespace klingtext
