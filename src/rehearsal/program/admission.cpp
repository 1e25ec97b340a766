// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/admission.h"

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::int64_t kMinute = std::int64_t{60} * G_USEC_PER_SEC;

std::string account_of(const Exchange& exchange) {
  return sha256_hex(exchange.request_header("Authorization"));
}

bool is_done(const std::string& id, Desk& desk) {
  const auto answer = desk.query(id);
  return !answer || answer->status == Status::completed || answer->status == Status::error;
}

}  // namespace

void Admission::forget_the_past(Desk& desk) {
  const std::int64_t minute_ago = g_get_monotonic_time() - kMinute;
  for (auto& [key, account] : accounts_) {
    auto& submissions = account.submissions;
    while (!submissions.empty() && submissions.front() <= minute_ago) submissions.pop_front();
    std::erase_if(account.running, [&desk](const std::string& id) { return is_done(id, desk); });
  }
  std::erase_if(accounts_, [](const auto& entry) {
    return entry.second.submissions.empty() && entry.second.running.empty();
  });
}

std::optional<std::string> Admission::refusal(const Exchange& exchange, Desk& desk) {
  if (most_.per_minute == 0 && most_.at_once == 0) return std::nullopt;
  forget_the_past(desk);
  const auto account = accounts_.find(account_of(exchange));
  if (account == accounts_.end()) return std::nullopt;
  if (most_.per_minute > 0 && account->second.submissions.size() >= most_.per_minute) {
    return "Rate limit: " + std::to_string(most_.per_minute) + " submissions per minute";
  }
  if (most_.at_once > 0 && account->second.running.size() >= most_.at_once) {
    return "Concurrency limit: " + std::to_string(most_.at_once) + " generations at once";
  }
  return std::nullopt;
}

void Admission::accepted(const Exchange& exchange, const std::string& generation) {
  if (most_.per_minute == 0 && most_.at_once == 0) return;
  Account& account = accounts_[account_of(exchange)];
  if (most_.per_minute > 0) account.submissions.push_back(g_get_monotonic_time());
  if (most_.at_once > 0) account.running.push_back(generation);
}

}  // namespace klingtext::rehearsal
