// SPDX-License-Identifier: LGPL-2.1-or-later
// Columns that line up on a terminal, wide characters included.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace klingtext {

// Terminal cells that a line of UTF-8 takes.
std::size_t cells_of(std::string_view line);
// Cut between characters to at most that many cells; an ellipsis tells.
std::string cut_to_cells(const std::string& line, std::size_t cells);

enum class Align { left, right };

class TextTable {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
    // Where the last column would be too narrow, columns are left out in this order; 0: never.
    unsigned left_out = 0;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // The last column is cut where the line would be longer than `width` cells.
  // Columns may be left out before.
  std::string text(std::optional<std::size_t> width) const;

 private:
  std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                   std::optional<std::size_t> width) const;

  // Without those columns that do not fit.
  TextTable fitted(std::size_t width) const;
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Of the terminal that stdout is, or what COLUMNS says where it does not tell. Nothing where stdout
// is no terminal.
std::optional<std::size_t> output_width();

}  // namespace klingtext
