// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/run_context.h"

#include "base/cancel.h"

namespace klingtext {

Result<ApiClient*> RunContext::connect() {
  if (!api) {
    auto service = spec().connect([this](std::string sentence) { job.warn(std::move(sentence)); });
    if (!service.ok()) return service.as<ApiClient*>();
    api.emplace(std::move(*service));
  }
  return &*api;
}

Waited RunContext::sleep(Seconds seconds) const {
  return sleep_until(stop, std::chrono::steady_clock::now() +
                               std::chrono::duration_cast<std::chrono::milliseconds>(seconds));
}

std::string history_kind(const Entry& entry) {
  return entry.service + ' ' + request_member(entry, "model") + ' ' +
         std::to_string(entry.seconds) + " s";
}

}  // namespace klingtext
