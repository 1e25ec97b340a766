// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <map>

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

  void add(const Purchase& bought) {
    ++generations;
    seconds += bought.seconds;
    add(cost.credits_used, bought.cost.credits_used);
    add(cost.usd_spent, bought.cost.usd_spent);
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

std::string document(const Ledger& ledger, const std::map<std::int64_t, Sum>& days,
                     const Sum& total, const Spending& today) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", ledger.store().path());
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

}  // namespace

Exit spent(const Ledger& ledger, const CommandLine& line) {
  Ledger::Contents contents = ledger.read();
  std::vector<Entry> entries;
  for (Record& record : contents.records) entries.push_back(std::move(record.entry));
  std::map<std::int64_t, Sum> days;
  Sum total;
  for (const Purchase& bought : purchases_in(entries)) {
    days[bought.day].add(bought);
    total.add(bought);
  }
  const Spending today = spent_today(entries, unix_now());
  if (line.output == CommandLine::Output::json) {
    std::cout << document(ledger, days, total, today);
  } else {
    print(days, total, today);
  }
  complain_of(contents.damaged, ledger.store());
  return contents.damaged.empty() ? Exit::fine : Exit::trouble;
}

}  // namespace klingtext
