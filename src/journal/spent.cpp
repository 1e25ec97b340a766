// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <charconv>
#include <iostream>
#include <map>
#include <set>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/text_table.h"
#include "journal/wording.h"
#include "store/daily_cap.h"
#include "store/standing.h"

namespace klingtext {
namespace {

struct Sum {
  std::int64_t generations = 0;
  std::int64_t seconds = 0;
  Cost cost;

  void add(unsigned bought, const Cost& paid) { add({1, bought, paid}); }
  void add(const Sum& more) {
    generations += more.generations;
    seconds += more.seconds;
    add(cost.credits_used, more.cost.credits_used);
    add(cost.usd_spent, more.cost.usd_spent);
  }

 private:
  static void add(std::optional<double>& to, std::optional<double> amount) {
    if (amount) to = to.value_or(0) + *amount;
  }
};

struct Spent {
  std::string store;                 // its path
  std::map<std::int64_t, Sum> days;  // 0: bought on a day that is not known
  Sum total;
  Spending today;

  void add(std::int64_t day, unsigned bought, const Cost& paid) {
    days[day].add(bought, paid);
    total.add(bought, paid);
  }
};
using Stores = std::vector<Spent>;

std::vector<std::string> row(const std::string& name, const Sum& sum) {
  return {name, std::to_string(sum.generations), std::to_string(sum.seconds) + " s",
          cost_text(Cost{sum.cost.credits_used, {}}), cost_text(Cost{{}, sum.cost.usd_spent})};
}

TextTable table_with(const char* first) {
  return TextTable({{first},
                    {"GENERATIONS", Align::right},
                    {"LENGTH", Align::right},
                    {"CREDITS", Align::right},
                    {"USD", Align::right}});
}

Sum sum_of(const Stores& stores) {
  Sum sum;
  for (const Spent& spent : stores) sum.add(spent.total);
  return sum;
}

void print(const Spent& spent) {
  TextTable table = table_with("DAY (UTC)");
  for (const auto& [day, sum] : spent.days) {
    table.add(row(day == 0 ? "unknown" : day_text(day), sum));
  }
  table.add(row("total", spent.total));
  std::cout << table.text(output_width()) << spent.today.seconds;
  const char* cap = g_getenv("KLINGTEXT_MAX_DAILY_SECONDS");
  const bool is_capped = cap != nullptr && *cap != '\0';
  if (is_capped) std::cout << " of " << cap;
  std::cout << " s count against max-daily-seconds until " << time_text(spent.today.day_ends)
            << ".\n";
  if (!is_capped) {
    std::cout << "An element that a klingtext: URI configured submits nothing past " << kUriDailyCap
              << " s.\n";
  }
}

void print(const Stores& stores) {
  TextTable totals = table_with("STORE");
  for (const Spent& spent : stores) {
    std::cout << spent.store << ":\n";
    print(spent);
    std::cout << '\n';
    totals.add(row(spent.store, spent.total));
  }
  totals.add(row("total", sum_of(stores)));
  std::cout << totals.text(std::nullopt);
}

// With a decimal point in every locale.
std::string number_text(std::optional<double> value) {
  if (!value) return {};
  std::array<char, 400> text{};  // the largest has 309 digits
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), *value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

// Quoted as RFC 4180 has it.
std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char character : text) quoted += character == '"' ? "\"\"" : std::string(1, character);
  return quoted + '"';
}

void print_csv(const Stores& stores) {
  const bool several = stores.size() > 1;
  std::cout << (several ? "store," : "") << "day,generations,seconds,credits_used,usd_spent\n";
  for (const Spent& spent : stores) {
    for (const auto& [day, sum] : spent.days) {
      if (several) std::cout << csv_text(spent.store) << ',';
      std::cout << (day == 0 ? "" : day_text(day)) << ',' << sum.generations << ',' << sum.seconds
                << ',' << number_text(sum.cost.credits_used) << ','
                << number_text(sum.cost.usd_spent) << '\n';
    }
  }
}

void add_sum(JsonDocument& json, const Sum& sum) {
  json.integer("generations", sum.generations);
  json.integer("seconds", sum.seconds);
  json.number("credits_used", sum.cost.credits_used);
  json.number("usd_spent", sum.cost.usd_spent);
}

void add_store(JsonDocument& json, const Spent& spent) {
  json.text("store", spent.store);
  json.open_array("days");
  for (const auto& [day, sum] : spent.days) {
    json.begin_object();
    if (day != 0) json.text("day", day_text(day));
    add_sum(json, sum);
    json.end_object();
  }
  json.end_array();
  json.open_object("total");
  add_sum(json, spent.total);
  json.end_object();
  json.open_object("today");
  json.integer("seconds", spent.today.seconds);
  json.time("ends", spent.today.day_ends);
  json.end_object();
}

std::string document(const Stores& stores) {
  JsonDocument json;
  json.integer("version", 1);
  if (stores.size() == 1) {
    add_store(json, stores.front());
    return json.finish();
  }
  json.open_array("stores");
  for (const Spent& spent : stores) {
    json.begin_object();
    add_store(json, spent);
    json.end_object();
  }
  json.end_array();
  json.open_object("total");
  add_sum(json, sum_of(stores));
  json.end_object();
  return json.finish();
}

// The ledger, with the lines that the journal knows and the ledger lacks: an older version wrote
// none, and only a purchase under a cap completes them.
Result<Ledger::Survey> complete_survey(const JournalView& view,
                                       const JournalView::Contents& contents) {
  if (!view.store().exists()) return Ledger::Survey{};
  auto survey = view.journal().ledger().survey();
  if (!survey.ok()) return survey;
  std::set<std::string> known;
  for (const LedgerLine& line : survey->lines) known.insert(line.id);
  for (const Record& record : contents.records) {
    for (const LedgerLine& line : purchases_of(record.entry)) {
      if (!known.contains(line.id)) survey->lines.push_back(line);
    }
  }
  return survey;
}

// True when there is damage.
bool complain_of_ledger(const Ledger::Survey& survey, const StoreDir& store) {
  const auto parts = {&survey.unreadable, &survey.missing, &survey.cut_short};
  bool damaged = false;
  for (const std::vector<std::string>* files : parts) {
    for (const std::string& file : *files) {
      std::cerr << "klingtext-journal: The ledger file " << store.path_of(file)
                << " is damaged, so seconds can be missing; klingtext-journal verify says what to "
                   "do.\n";
      damaged = true;
    }
  }
  return damaged;
}

std::string generation_of(const Entry& entry) {
  return entry.service + '\n' + entry.generation_id;
}

// The generations that entries with a client request id have.
std::set<std::string> submitted_generations(const JournalView::Contents& contents) {
  std::set<std::string> generations;
  for (const Record& record : contents.records) {
    const Entry& entry = record.entry;
    if (entry.client_request_id.empty() || entry.generation_id.empty()) continue;
    generations.insert(generation_of(entry));
  }
  return generations;
}

Spent spent_in(const CommandLine::Days& days, const JournalView::Contents& contents,
               const std::vector<LedgerLine>& lines) {
  Spent spent;
  const std::vector<LedgerLine> net = net_lines(lines);
  std::set<std::string> counted;  // client request ids
  for (const LedgerLine& bought : net) counted.insert(bought.id);
  const std::set<std::string> submitted = submitted_generations(contents);
  std::map<std::string, Cost> costs;  // by client request id
  for (const Record& record : contents.records) {
    const Entry& entry = record.entry;
    if (entry.service == "rehearsal" || entry.state == EntryState::error) continue;
    const std::string& id = entry.client_request_id;
    costs[id] = entry.cost;
    // Bought elsewhere, and followed here by its id, or adopted before its length is known.
    const bool elsewhere = id.empty() && !submitted.contains(generation_of(entry));
    const bool adopted =
        !id.empty() && entry.seconds == 0 && has_generation(entry) && !counted.contains(id);
    const std::int64_t day = entry.submitted / kDay;
    if ((elsewhere || adopted) && days.contains(day)) spent.add(day, entry.seconds, entry.cost);
  }
  for (const LedgerLine& bought : net) {
    if (!days.contains(bought.day())) continue;
    spent.add(bought.day(), static_cast<unsigned>(bought.seconds), costs[bought.id]);
  }
  spent.today = spending_of(lines, unix_now());
  return spent;
}

void print(const Stores& stores, CommandLine::Output output) {
  switch (output) {
    case CommandLine::Output::people:
      stores.size() == 1 ? print(stores.front()) : print(stores);
      break;
    case CommandLine::Output::json:
      std::cout << document(stores);
      break;
    case CommandLine::Output::csv:
      print_csv(stores);
      break;
  }
}

}  // namespace

Exit spent(std::span<const JournalView> views, const CommandLine& line) {
  Stores stores;
  bool damaged = false;
  for (const JournalView& view : views) {
    const auto read = view.read();
    if (!read.ok()) return complain(read.error());
    const auto survey = complete_survey(view, *read);
    if (!survey.ok()) return complain(survey.error());
    stores.push_back(spent_in(line.days, *read, survey->lines));
    stores.back().store = view.store().path();
    const bool entries = complain_of_entries(*read, view.store());
    const bool ledger = complain_of_ledger(*survey, view.store());
    damaged |= entries || ledger;
  }
  print(stores, line.output);
  return damaged ? Exit::trouble : Exit::fine;
}

}  // namespace klingtext
