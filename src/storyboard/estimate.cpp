// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/estimate.h"

#include <iostream>
#include <set>

#include "base/text.h"
#include "journal/json_document.h"
#include "journal/text_table.h"
#include "journal/wording.h"
#include "store/journal.h"
#include "store/price.h"

namespace klingtext {
namespace {

constexpr std::size_t kAll = 3000;  // characters; the table cuts at the terminal's edge

enum class Plan {
  buy,      // it was never submitted
  again,    // it failed, was not billed, and is submitted again
  follow,   // it runs
  take,     // the clip is there
  fetch,    // it is made and paid; the clip is not here
  same,     // another shot of the storyboard asks for the same
  unknown,  // nobody knows: it is not submitted
};

struct Line {
  const Order* order = nullptr;
  Plan plan = Plan::buy;
  Cost cost;
  std::optional<KnownPrice> price;  // of what is to buy, if it is known
};

bool is_to_buy(Plan plan) {
  return plan == Plan::buy || plan == Plan::again;
}

const char* name_of(Plan plan) {
  switch (plan) {
    case Plan::buy:
      return "to generate";
    case Plan::again:
      return "to generate again, failed";
    case Plan::follow:
      return "generating";
    case Plan::take:
      return "there";
    case Plan::fetch:
      return "made, to fetch";
    case Plan::same:
      return "same as another shot";
    case Plan::unknown:
      break;
  }
  return "outcome unknown";
}

Plan plan_of(const std::optional<Record>& record) {
  if (!record) return Plan::buy;
  switch (record->status) {
    case Record::Status::failed:
      return Plan::again;
    case Record::Status::unknown:
      return Plan::unknown;
    case Record::Status::submitting:
    case Record::Status::running:
      return Plan::follow;
    case Record::Status::completed:
      break;
  }
  return record->clip == Record::ClipState::present ? Plan::take : Plan::fetch;
}

// A rehearsal has none.
Cost cost_in(const Order& order, const std::optional<Record>& record) {
  return record && order.spec.pace == Pace::service ? record->entry.cost : Cost{};
}

struct Sums {
  unsigned buys = 0;  // seconds of video, as the next two
  unsigned paid = 0;  // a submission whose outcome is unknown is in neither
  unsigned unknown = 0;
  unsigned unpriced = 0;  // of those to buy
  Cost cost;              // of what is paid
  Cost price;             // of what is to buy and was bought before

  void add(const Line& line) {
    if (line.plan == Plan::same) return;
    const bool to_buy = is_to_buy(line.plan);
    if (to_buy && line.price) {
      add(price.credits_used, line.price->cost.credits_used);
      add(price.usd_spent, line.price->cost.usd_spent);
    } else if (to_buy) {
      unpriced += line.order->seconds;
    }
    (to_buy ? buys : line.plan == Plan::unknown ? unknown : paid) += line.order->seconds;
    if (!to_buy) add(cost.credits_used, line.cost.credits_used);
    if (!to_buy) add(cost.usd_spent, line.cost.usd_spent);
  }

 private:
  static void add(std::optional<double>& to, std::optional<double> amount) {
    if (amount) to = to.value_or(0) + *amount;
  }
};

// Behind "N s of video".
std::string price_of(const Sums& sums) {
  if (sums.buys == 0) return ". ";
  if (sums.unpriced == sums.buys) return "; the price is not known yet. ";
  std::string text = ", about ";
  if (sums.price.usd_spent) text += amount_text({{}, sums.price.usd_spent});
  if (sums.price.usd_spent && sums.price.credits_used) text += " and ";
  if (sums.price.credits_used) text += amount_text({sums.price.credits_used, {}});
  if (sums.unpriced == 0) return text + " going by earlier ones. ";
  return text + " for " + std::to_string(sums.buys - sums.unpriced) +
         " s going by earlier ones; the price of " + std::to_string(sums.unpriced) +
         " s is not known yet. ";
}

std::string sentence(const Sums& sums, const Order& any) {
  const bool rehearsal = any.spec.pace == Pace::rehearsal;
  std::string text = rehearsal ? "This would rehearse " : "This would buy ";
  text += std::to_string(sums.buys) + " s of video" +
          (rehearsal ? ", free of charge. " : price_of(sums));
  text += std::to_string(sums.paid) + (rehearsal ? " s are there." : " s are paid");
  if (!rehearsal) {
    const std::string cost = cost_text(sums.cost);
    text += (cost == "-" ? "" : " (" + cost + ")") + '.';
  }
  if (sums.unknown > 0) {
    text += " Of " + std::to_string(sums.unknown) +
            " s nobody knows whether they were bought; klingtext-journal list shows them.";
  }
  return text + '\n';
}

void print(const std::vector<Line>& lines, const Sums& sums) {
  TextTable table({{"SHOT", Align::right},
                   {"LENGTH", Align::right},
                   {"STATE"},
                   {"COST", Align::right},
                   {"PROMPT"}});
  for (const Line& line : lines) {
    table.add({std::to_string(line.order->number), std::to_string(line.order->seconds) + " s",
               name_of(line.plan), cost_text(line.cost), one_line(line.order->prompt, kAll)});
  }
  std::cout << table.text(output_width()) << sentence(sums, *lines.front().order);
}

void print_json(const std::vector<Line>& lines, const Sums& sums) {
  JsonDocument json;
  json.integer("version", 1);
  json.open_array("shots");
  for (const Line& line : lines) {
    json.begin_object();
    json.integer("shot", line.order->number);
    json.integer("seconds", line.order->seconds);
    json.text("state", name_of(line.plan));
    json.text("key", line.order->key);
    json.text("prompt", line.order->prompt);
    json.number("credits_used", line.cost.credits_used);
    json.number("usd_spent", line.cost.usd_spent);
    json.end_object();
  }
  json.end_array();
  json.integer("seconds_to_buy", sums.buys);
  json.integer("seconds_paid", sums.paid);
  json.integer("seconds_unknown", sums.unknown);
  json.integer("seconds_without_price", sums.unpriced);
  json.number("credits_to_buy", sums.price.credits_used);
  json.number("usd_to_buy", sums.price.usd_spent);
  json.number("credits_used", sums.cost.credits_used);
  json.number("usd_spent", sums.cost.usd_spent);
  std::cout << json.finish();
}

}  // namespace

Outcome print_estimate(const std::vector<Order>& orders, CommandLine::Output output) {
  const auto stock = Stock::open(orders.front().spec.store_path);
  if (!stock.ok()) return stock.as<Done>();
  std::vector<Line> lines;
  std::set<std::string> seen;
  Sums sums;
  for (const Order& order : orders) {
    const auto record = stock->find(order.key);
    if (record.failed()) return record.error();
    Line line{&order, plan_of(*record), cost_in(order, *record), {}};
    if (!seen.insert(order.key).second) line = {&order, Plan::same, {}, {}};
    if (is_to_buy(line.plan)) line.price = stock->price_of(order);
    sums.add(line);
    lines.push_back(line);
  }
  if (output == CommandLine::Output::json) {
    print_json(lines, sums);
  } else {
    print(lines, sums);
  }
  return Done{};
}

}  // namespace klingtext
