// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal_host.h"

#include <map>
#include <mutex>

#include "base/random.h"
#include "rehearsal/rehearsal_service.h"

namespace klingtext {
namespace {

struct Hosted {
  Secret key;
  std::shared_ptr<RehearsalService> service;
};

struct Hosts {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Hosted>> by_store;
};

Hosts& hosts() {
  static auto& instance = *new Hosts;
  return instance;
}

Result<std::shared_ptr<Hosted>> host_of(const std::string& store_path) {
  const std::scoped_lock lock(hosts().mutex);
  std::weak_ptr<Hosted>& known = hosts().by_store[store_path];
  if (auto hosted = known.lock()) return hosted;
  auto hosted = std::make_shared<Hosted>();
  hosted->key = Secret(random_hex(32));
  RehearsalService::Options options;
  options.api_key = hosted->key.reveal();
  options.state_dir = store_path + "/rehearsal";
  auto service = RehearsalService::start(std::move(options));
  if (!service.ok()) return service.as<std::shared_ptr<Hosted>>();
  hosted->service = std::move(*service);
  known = hosted;
  return hosted;
}

}  // namespace

Result<Service> connect_rehearsal(const std::string& store_path, const HttpSettings& http) {
  auto hosted = host_of(store_path);
  if (!hosted.ok()) return hosted.as<Service>();
  auto url = parse_service_url((*hosted)->service->base_url());
  if (!url.ok()) return url.as<Service>();
  return Service{*url, (*hosted)->key, http, *hosted};
}

}  // namespace klingtext
