// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/order.h"

#include <algorithm>
#include <map>

#include "gst/job_spec_of.h"
#include "store/clip_file.h"

namespace klingtext {

namespace {

constexpr std::size_t kMostNamed = 3;  // shots on one slate

Settings settings_of(const Shot& shot, const Terms& terms) {
  Settings settings = shot.settings;
  settings.rehearse = terms.rehearse;
  settings.store_dir = terms.store;
  settings.api_key_file = terms.api_key_file;
  if (terms.patience) settings.generation_timeout = *terms.patience;
  return settings;
}

Result<Order> order_of(const Settings& settings, unsigned number) {
  auto spec = job_spec_of(settings);
  if (spec.failed()) {
    Error error = spec.error();
    error.message = "shot " + std::to_string(number) + ": " + error.message;
    return error;
  }
  return Order{number, request_key(spec->request, spec->service_name), spec->request.prompt,
               seconds_of_video(spec->request), *std::move(spec)};
}

// Shots that ask for the same share a clip, and so its slate: "2+5".
std::string slate_of(const std::vector<unsigned>& numbers, TwoPops two_pops) {
  std::string shot;
  for (std::size_t i = 0; i < std::min(numbers.size(), kMostNamed); ++i) {
    shot += (i == 0 ? "" : "+") + std::to_string(numbers[i]);
  }
  if (numbers.size() > kMostNamed) shot += '+';
  const bool pops = two_pops == TwoPops::all || (two_pops == TwoPops::head && numbers[0] == 1);
  return "shot=" + shot + (pops ? "" : "; two-pop=no");
}

}  // namespace

Result<std::vector<Order>> orders_of(const Storyboard& storyboard, const Terms& terms) {
  std::vector<Order> orders;
  std::map<std::string, std::vector<unsigned>> numbers;  // of the shots with one request
  for (const Shot& shot : storyboard.shots) {
    auto order = order_of(settings_of(shot, terms), static_cast<unsigned>(orders.size() + 1));
    if (!order.ok()) return order.as<std::vector<Order>>();
    numbers[order->key].push_back(order->number);
    orders.push_back(*std::move(order));
  }
  if (!terms.rehearse) return orders;
  for (Order& order : orders) {
    Settings settings = settings_of(storyboard.shots[order.number - 1], terms);
    settings.slate = slate_of(numbers[order.key], terms.two_pops);
    auto labelled = order_of(settings, order.number);
    if (!labelled.ok()) return labelled.as<std::vector<Order>>();
    order = *std::move(labelled);
  }
  return orders;
}

Result<Stock> Stock::open(const std::string& store_path) {
  auto store = StoreDir::open_to_look(store_path);
  if (!store.ok()) return store.as<Stock>();
  return Stock(*std::move(store));
}

Result<std::optional<Record>> Stock::find(const std::string& key) const {
  if (!store_->exists()) return std::optional<Record>();
  auto entry = journal_.find(key);
  if (!entry.ok()) return entry.as<std::optional<Record>>();
  if (!*entry) return std::optional<Record>();
  return std::optional<Record>(view_.look_at(std::move(**entry)));
}

std::string Stock::clip_of(const std::string& key) const {
  const auto record = find(key);
  const bool there = record.ok() && *record && (*record)->clip == Record::ClipState::present;
  return there ? store_->path_of(clip_name(key)) : std::string();
}

std::optional<KnownPrice> Stock::price_of(const Order& order) const {
  if (order.spec.pace == Pace::rehearsal) return std::nullopt;
  return known_price(
      store_, price_kind(order.spec.service_name, request_body(order.spec.request), order.seconds));
}

}  // namespace klingtext
