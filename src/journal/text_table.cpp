// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/text_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeast = 10;     // cells of the last column, however narrow the terminal
constexpr std::size_t kReadable = 16;  // cells of it, before columns are left out

std::size_t cells_of(gunichar character) {
  if (g_unichar_iszerowidth(character)) return 0;
  return g_unichar_iswide(character) ? 2 : 1;
}

}  // namespace

std::size_t cells_of(std::string_view line) {
  const GCharPtr valid(g_utf8_make_valid(line.data(), static_cast<gssize>(line.size())));
  std::size_t cells = 0;
  for (const char* at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
    cells += cells_of(g_utf8_get_char(at));
  }
  return cells;
}

std::string cut_to_cells(const std::string& line, std::size_t cells) {
  if (cells_of(line) <= cells) return line;
  const GCharPtr valid(g_utf8_make_valid(line.data(), static_cast<gssize>(line.size())));
  std::string cut;
  std::size_t used = 1;  // the ellipsis
  for (const char* at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
    used += cells_of(g_utf8_get_char(at));
    if (used > cells) break;
    cut.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  return cut + "…";
}

std::string TextTable::line(const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths,
                            std::optional<std::size_t> width) const {
  std::string text;
  std::size_t used = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool last = i + 1 == columns_.size();
    std::string cell = cells[i];
    if (last && width) {
      cell = cut_to_cells(cell, std::max(kLeast, *width > used ? *width - used : 0));
    }
    const std::string space(widths[i] - std::min(widths[i], cells_of(cell)), ' ');
    if (columns_[i].align == Align::right) text += space;
    text += cell;
    if (!last) text += (columns_[i].align == Align::left ? space : "") + std::string(kGap, ' ');
    used += widths[i] + kGap;
  }
  return text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(cells_of(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], cells_of(row[i]));
  }
  return widths;
}

TextTable TextTable::fitted(std::size_t width) const {
  TextTable table = *this;
  while (true) {
    const auto widths = table.widths();
    const std::size_t before = std::accumulate(widths.begin(), widths.end() - 1, std::size_t{0}) +
                               kGap * (widths.size() - 1);
    std::size_t first = table.columns_.size();
    for (std::size_t i = 0; i < table.columns_.size(); ++i) {
      const unsigned rank = table.columns_[i].left_out;
      if (rank > 0 && (first == table.columns_.size() || rank < table.columns_[first].left_out)) {
        first = i;
      }
    }
    const bool fits = before + std::min(kReadable, widths.back()) <= width;
    if (fits || first == table.columns_.size()) return table;
    const auto at = static_cast<std::ptrdiff_t>(first);
    table.columns_.erase(table.columns_.begin() + at);
    for (auto& row : table.rows_) row.erase(row.begin() + at);
  }
}

std::string TextTable::text(std::optional<std::size_t> width) const {
  const TextTable table = width ? fitted(*width) : *this;
  std::vector<std::string> titles;
  for (const Column& column : table.columns_) titles.push_back(column.title);
  const auto widths = table.widths();
  std::string text = table.line(titles, widths, width);
  for (const auto& row : table.rows_) text += table.line(row, widths, width);
  return text;
}

std::optional<std::size_t> output_width() {
  if (isatty(STDOUT_FILENO) == 0) return std::nullopt;
  struct winsize size {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  guint64 columns = 0;
  const char* told = g_getenv("COLUMNS");
  if (told != nullptr && g_ascii_string_to_unsigned(told, 10, 1, 10000, &columns, nullptr)) {
    return columns;
  }
  return std::nullopt;
}

}  // namespace klingtext
