// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/run_context.h"

#include <algorithm>
#include <thread>

#include "base/process_id.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBeforeTelling{10};  // of waiting for another process
constexpr std::chrono::seconds kBetweenNames{1};
constexpr std::chrono::seconds kLockWait{10};
constexpr std::chrono::milliseconds kBetweenLocks{20};

}  // namespace

Result<ApiClient*> RunContext::connect() {
  if (!api) {
    auto service = spec().connect([this](std::string sentence) { job.warn(std::move(sentence)); });
    if (!service.ok()) return service.as<ApiClient*>();
    api.emplace(std::move(*service));
  }
  return &*api;
}

Waited RunContext::sleep(Seconds seconds) const {
  return sleep_until(stop,
                     Clock::now() + std::chrono::duration_cast<std::chrono::milliseconds>(seconds));
}

Result<bool> RunContext::sleep_until_deadline(Seconds seconds) const {
  const auto until = Clock::now() + std::chrono::duration_cast<std::chrono::milliseconds>(seconds);
  while (true) {
    if (sleep_until(stop, std::min(until, job.deadline())) == Waited::stopped) return Stopped{};
    const bool is_late = Clock::now() >= job.deadline();
    if (is_late || Clock::now() >= until) return !is_late;
  }
}

Result<StoreLock> RunContext::try_lock() {
  auto lock = journal.try_lock(job.request_key());
  if (!lock.ok()) return lock;
  if (*lock != nullptr) {
    waiting_since.reset();
    named.reset();
    if (!job.report().waiting_for.empty()) {
      job.announce([](JobReport& report) { report.waiting_for.clear(); });
    }
    return lock;
  }
  const auto now = Clock::now();
  if (!waiting_since) waiting_since = now;
  if (now - *waiting_since >= kBeforeTelling && (!named || now - *named >= kBetweenNames)) {
    named = now;
    const std::string owner = process_text(store->lock_owner(job.request_key() + ".lock"));
    job.announce(
        [&](JobReport& report) { report.waiting_for = owner.empty() ? "another process" : owner; });
  }
  return lock;
}

Outcome RunContext::change(Entry& entry, const std::function<void(Entry&)>& apply) const {
  auto changed = change_entry(journal, entry, apply);
  if (!changed.ok()) return changed.as<Done>();
  entry = std::move(*changed);
  return Done{};
}

Result<Entry> change_entry(const Journal& journal, const Entry& seen,
                           const std::function<void(Entry&)>& apply) {
  const auto give_up = Clock::now() + kLockWait;
  while (true) {
    const auto lock = journal.try_lock(seen.key);
    if (!lock.ok()) return lock.as<Entry>();
    // The lock saves work. change() compares what it replaces, so it is right without it as well.
    if (*lock != nullptr || Clock::now() >= give_up) return journal.change(seen, apply);
    std::this_thread::sleep_for(kBetweenLocks);
  }
}

std::string history_kind(const Entry& entry) {
  return entry.service + ' ' + request_member(entry, "model") + ' ' +
         std::to_string(entry.seconds) + " s";
}

}  // namespace klingtext
