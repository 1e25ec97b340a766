// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <map>

#include "base/number.h"
#include "store/ledger.h"

namespace klingtext {
namespace {

std::string_view next_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<LedgerLine> line_from(std::string_view text) {
  LedgerLine line;
  const auto time = number_in<std::int64_t>(next_word(text));
  const auto seconds = number_in<int>(next_word(text));
  line.key = next_word(text);
  line.id = next_word(text);
  if (!time || !seconds || line.key.empty() || line.id.empty() || !text.empty())
    return std::nullopt;
  line.time = *time;
  line.seconds = *seconds;
  return line;
}

}  // namespace

std::vector<LedgerLine> net_lines(const std::vector<LedgerLine>& lines) {
  std::vector<LedgerLine> net;
  std::map<std::string, std::size_t> places;
  for (const LedgerLine& line : lines) {
    const auto [place, is_new] = places.try_emplace(line.id, net.size());
    if (is_new) {
      net.push_back(line);
    } else {
      net[place->second].seconds += line.seconds;
    }
  }
  std::erase_if(net, [](const LedgerLine& line) { return line.seconds <= 0; });
  return net;
}

Spending spending_of(const std::vector<LedgerLine>& lines, std::int64_t now) {
  std::int64_t last = now / kDay;
  Spending spending;
  for (const LedgerLine& line : net_lines(lines)) {
    if (line.day() < now / kDay) continue;
    last = std::max(last, line.day());
    spending.seconds += static_cast<unsigned>(line.seconds);
  }
  spending.day_ends = (last + 1) * kDay;
  return spending;
}

std::string to_text(const LedgerLine& line) {
  return std::to_string(line.time) + ' ' + std::to_string(line.seconds) + ' ' + line.key + ' ' +
         line.id + '\n';
}

std::optional<std::vector<LedgerLine>> ledger_lines_from(std::string_view text) {
  std::vector<LedgerLine> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (one.empty()) continue;
    auto line = line_from(one);
    if (!line) return std::nullopt;
    lines.push_back(*std::move(line));
  }
  return lines;
}

}  // namespace klingtext
