// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <map>
#include <set>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/text_table.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

struct Sum {
  std::int64_t generations = 0;
  std::int64_t seconds = 0;
  Cost cost;

  void add(unsigned bought, const Cost& paid) {
    ++generations;
    seconds += bought;
    add(cost.credits_used, paid.credits_used);
    add(cost.usd_spent, paid.usd_spent);
  }

 private:
  static void add(std::optional<double>& to, std::optional<double> amount) {
    if (amount) to = to.value_or(0) + *amount;
  }
};

std::vector<std::string> row(const std::string& name, const Sum& sum) {
  return {name, std::to_string(sum.generations), std::to_string(sum.seconds) + " s",
          cost_text(Cost{sum.cost.credits_used, {}}), cost_text(Cost{{}, sum.cost.usd_spent})};
}

void print(const std::map<std::int64_t, Sum>& days, const Sum& total, const Spending& today) {
  TextTable table({{"DAY (UTC)"},
                   {"GENERATIONS", Align::right},
                   {"LENGTH", Align::right},
                   {"CREDITS", Align::right},
                   {"USD", Align::right}});
  for (const auto& [day, sum] : days) table.add(row(day == 0 ? "unknown" : day_text(day), sum));
  table.add(row("total", total));
  std::cout << table.text(output_width()) << today.seconds;
  const char* cap = g_getenv("KLINGTEXT_MAX_DAILY_SECONDS");
  if (cap != nullptr && *cap != '\0') std::cout << " of " << cap;
  std::cout << " s count against max-daily-seconds until " << time_text(today.day_ends) << ".\n";
}

void add_sum(JsonDocument& json, const Sum& sum) {
  json.integer("generations", sum.generations);
  json.integer("seconds", sum.seconds);
  json.number("credits_used", sum.cost.credits_used);
  json.number("usd_spent", sum.cost.usd_spent);
}

std::string document(const JournalView& view, const std::map<std::int64_t, Sum>& days,
                     const Sum& total, const Spending& today) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", view.store().path());
  json.open_array("days");
  for (const auto& [day, sum] : days) {
    json.begin_object();
    if (day != 0) json.text("day", day_text(day));
    add_sum(json, sum);
    json.end_object();
  }
  json.end_array();
  json.open_object("total");
  add_sum(json, total);
  json.end_object();
  json.open_object("today");
  json.integer("seconds", today.seconds);
  json.time("ends", today.day_ends);
  json.end_object();
  return json.finish();
}

// The ledger's lines, and those that the journal knows and the ledger lacks: an older version wrote
// none, and only a purchase under a cap completes them.
Result<std::vector<LedgerLine>> all_lines(const JournalView& view,
                                          const JournalView::Contents& contents) {
  auto lines = view.journal().ledger().read_since(0);
  if (!lines.ok()) return lines;
  std::set<std::string> known;
  for (const LedgerLine& line : *lines) known.insert(line.id);
  for (const Record& record : contents.records) {
    for (const LedgerLine& line : purchases_of(record.entry)) {
      if (!known.contains(line.id)) lines->push_back(line);
    }
  }
  return lines;
}

}  // namespace

Exit spent(const JournalView& view, const CommandLine& line) {
  const auto read = view.read();
  if (!read.ok()) return complain(read.error());
  const auto lines = view.store().exists()
                         ? all_lines(view, *read)
                         : Result<std::vector<LedgerLine>>(std::vector<LedgerLine>());
  if (!lines.ok()) return complain(lines.error());
  std::map<std::string, Cost> costs;  // by client request id
  std::map<std::int64_t, Sum> days;
  Sum total;
  for (const Record& record : read->records) {
    const Entry& entry = record.entry;
    if (entry.service == "rehearsal" || entry.state == EntryState::error) continue;
    if (!entry.client_request_id.empty()) {
      costs[entry.client_request_id] = entry.cost;
    } else {  // bought elsewhere, and followed here by its id
      days[entry.submitted / kDay].add(entry.seconds, entry.cost);
      total.add(entry.seconds, entry.cost);
    }
  }
  for (const LedgerLine& bought : net_lines(*lines)) {
    days[bought.day()].add(static_cast<unsigned>(bought.seconds), costs[bought.id]);
    total.add(static_cast<unsigned>(bought.seconds), costs[bought.id]);
  }
  const Spending today = spending_of(*lines, unix_now());
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view, days, total, today);
  } else {
    print(days, total, today);
  }
  complain_of(read->damaged, view.store());
  return read->damaged.empty() ? Exit::fine : Exit::trouble;
}

}  // namespace klingtext
