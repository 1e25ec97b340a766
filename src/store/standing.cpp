// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/standing.h"

#include "base/log.h"

namespace klingtext {
namespace {

// Until the outcome of another host's submission must be in the journal: its answer has at most 240
// s (ApiClient), and its process may be slow.
constexpr std::int64_t kSubmissionTime = 300;  // seconds

}  // namespace

bool has_generation(const Entry& entry) {
  return entry.state == EntryState::accepted || entry.state == EntryState::completed ||
         (entry.state == EntryState::error && !entry.generation_id.empty());
}

bool is_given_up(const Entry& entry, const std::string& resubmit) {
  const bool may_be = entry.state == EntryState::intent || entry.state == EntryState::unknown ||
                      entry.state == EntryState::error;
  return may_be && !resubmit.empty() && resubmit == entry.client_request_id;
}

Result<Standing> standing_of(const Journal& journal, const std::optional<Entry>& entry,
                             const std::string& resubmit, std::int64_t now) {
  if (!entry) return Standing::free;
  const bool intent = entry->state == EntryState::intent;
  const bool ended = intent && journal.has_submitter_ended(*entry);
  if (intent && ended && entry->sending == Sending::pending) {
    auto withdrawn = journal.withdraw(*entry);
    if (!withdrawn.ok()) return withdrawn.as<Standing>();
    log(LogLevel::info, "withdrew %s, which was never sent", entry->client_request_id.c_str());
    return Standing::in_progress;
  }
  const std::int64_t age = now - entry->submitted;
  const bool in_time = age <= kSubmissionTime && age >= -kSubmissionTime;
  if (intent && !ended && in_time) return Standing::in_progress;
  if (is_given_up(*entry, resubmit)) return Standing::free;
  return has_generation(*entry) ? Standing::has_id : Standing::unknown;
}

}  // namespace klingtext
