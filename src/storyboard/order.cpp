// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/order.h"

#include "gst/job_spec_of.h"
#include "store/clip_file.h"

namespace klingtext {

Result<std::vector<Order>> orders_of(const Storyboard& storyboard, const Terms& terms) {
  std::vector<Order> orders;
  for (const Shot& shot : storyboard.shots) {
    Settings settings = shot.settings;
    settings.rehearse = terms.rehearse;
    settings.store_dir = terms.store;
    settings.api_key_file = terms.api_key_file;
    if (terms.patience) settings.generation_timeout = *terms.patience;
    const auto number = static_cast<unsigned>(orders.size() + 1);
    auto spec = job_spec_of(settings);
    if (spec.failed()) {
      Error error = spec.error();
      error.message = "shot " + std::to_string(number) + ": " + error.message;
      return error;
    }
    orders.push_back({number, request_key(spec->request, spec->service_name), spec->request.prompt,
                      seconds_of_video(spec->request), *std::move(spec)});
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

}  // namespace klingtext
