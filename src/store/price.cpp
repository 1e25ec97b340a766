// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/price.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <vector>

#include "api/json_reader.h"
#include "base/guarded.h"
#include "store/history.h"
#include "store/journal.h"

namespace klingtext {
namespace {

constexpr std::size_t kLast = 4;
// Beyond it the journal is not read for a price: it would delay the start of a run.
constexpr std::size_t kSmallStore = 1000;  // files

std::string usd_kind(const std::string& kind) {
  return "usd " + kind;
}
std::string credits_kind(const std::string& kind) {
  return "credits " + kind;
}

std::optional<double> mean_of_last(const std::vector<double>& amounts, unsigned& count) {
  if (amounts.empty()) return std::nullopt;
  const std::size_t used = std::min(amounts.size(), kLast);
  count = static_cast<unsigned>(used);
  return std::accumulate(amounts.end() - static_cast<std::ptrdiff_t>(used), amounts.end(), 0.0) /
         static_cast<double>(used);
}

std::optional<KnownPrice> price_of(const std::vector<double>& usd,
                                   const std::vector<double>& credits) {
  KnownPrice price;
  price.cost.usd_spent = mean_of_last(usd, price.count);
  if (!price.cost.usd_spent) price.cost.credits_used = mean_of_last(credits, price.count);
  return price.count > 0 ? std::optional(price) : std::nullopt;
}

std::string kind_of(const Entry& entry) {
  return price_kind(entry.service, entry.request, entry.seconds);
}

std::optional<KnownPrice> price_in_journal(std::shared_ptr<const StoreDir> store,
                                           const std::string& kind) {
  const auto names = store->list("");
  if (!names.ok() || names->size() > kSmallStore) return std::nullopt;
  auto contents = Journal(std::move(store)).read_all();
  if (!contents.ok()) return std::nullopt;
  std::erase_if(contents->entries, [&](const Entry& entry) {
    return entry.state != EntryState::completed || kind_of(entry) != kind;
  });
  std::sort(contents->entries.begin(), contents->entries.end(),
            [](const Entry& a, const Entry& b) { return a.submitted < b.submitted; });
  std::vector<double> usd;
  std::vector<double> credits;
  for (const Entry& entry : contents->entries) {
    if (entry.cost.usd_spent.value_or(0) > 0) usd.push_back(*entry.cost.usd_spent);
    if (entry.cost.credits_used.value_or(0) > 0) credits.push_back(*entry.cost.credits_used);
  }
  return price_of(usd, credits);
}

// Read once in a process: what comes later is noted. A thousand elements that start together would
// each read the whole journal.
std::optional<KnownPrice> price_in_journal_once(std::shared_ptr<const StoreDir> store,
                                                const std::string& kind) {
  using Prices = std::map<std::string, std::optional<KnownPrice>>;
  static auto& known = *new Guarded<Prices>;
  const std::string name = store->path() + '\n' + kind;
  auto prices = known.lock();
  const auto found = prices->find(name);
  if (found != prices->end()) return found->second;
  return (*prices)[name] = price_in_journal(std::move(store), kind);
}

}  // namespace

std::string price_kind(const std::string& service, const std::string& request, unsigned seconds) {
  const JsonNodePtr root = read_json_object(request);
  JsonObject* object = root == nullptr ? nullptr : json_node_get_object(root.get());
  const bool sound = boolean_member(object, "generate_audio").value_or(true);
  return service + ' ' + string_member(object, "model").value_or("") + ' ' +
         std::to_string(seconds) + (sound ? " s, sound" : " s, silent");
}

void remember_price(const StoreDir& store, const Entry& entry) {
  if (entry.service == "rehearsal" || entry.request.empty()) return;
  if (entry.cost.usd_spent.value_or(0) > 0) {
    remember_number(store, usd_kind(kind_of(entry)), *entry.cost.usd_spent);
  }
  if (entry.cost.credits_used.value_or(0) > 0) {
    remember_number(store, credits_kind(kind_of(entry)), *entry.cost.credits_used);
  }
}

std::optional<KnownPrice> known_price(std::shared_ptr<const StoreDir> store,
                                      const std::string& kind) {
  const auto noted = price_of(remembered_numbers(*store, usd_kind(kind)),
                              remembered_numbers(*store, credits_kind(kind)));
  return noted ? noted : price_in_journal_once(std::move(store), kind);
}

std::string amount_text(const Cost& cost) {
  std::array<char, 64> text{};
  if (cost.usd_spent) {
    g_ascii_formatd(text.data(), text.size(), "%.2f", *cost.usd_spent);
    return std::string(text.data()) + " USD";
  }
  g_ascii_formatd(text.data(), text.size(), "%.0f", cost.credits_used.value_or(0));
  return std::string(text.data()) + " credits";
}

std::string price_text(const std::optional<KnownPrice>& price) {
  if (!price) return "the price is not known yet";
  return "about " + amount_text(price->cost) + ", as the last" +
         (price->count == 1 ? " one" : " " + std::to_string(price->count));
}

}  // namespace klingtext
