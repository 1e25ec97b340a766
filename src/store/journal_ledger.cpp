// SPDX-License-Identifier: LGPL-2.1-or-later
// What the journal's entries mean to the ledger.
#include <algorithm>

#include "store/entry_files.h"
#include "store/journal.h"

namespace klingtext {

Outcome Journal::complete_ledger() const {
  const auto contents = read_all();
  if (!contents.ok()) return contents.as<Done>();
  if (!contents->damaged.empty()) {
    const std::string& file = contents->damaged.front();
    return damaged_entry(*files_, file, key_in(file));
  }
  for (const Unread& one : contents->unread) {
    const bool is_detached =
        std::any_of(contents->detached.begin(), contents->detached.end(),
                    [&](const Entry& entry) { return entry.file == one.file; });
    if (!is_detached) return one.error;
  }
  std::vector<LedgerLine> known;
  for (const auto* entries : {&contents->entries, &contents->detached}) {
    for (const Entry& entry : *entries) {
      const auto purchases = purchases_of(entry);
      known.insert(known.end(), purchases.begin(), purchases.end());
    }
  }
  return ledger_.complete(known);
}

Outcome Journal::reconcile_ledger(std::int64_t first_day) const {
  const auto lines = ledger_.read_since(first_day);
  if (!lines.ok()) return lines.as<Done>();
  for (const LedgerLine& line : net_lines(*lines)) {
    const auto lock = try_lock(line.key);
    if (!lock.ok()) return lock.as<Done>();
    if (*lock == nullptr) continue;
    const auto entry = find(line.key);
    if (!entry.ok()) return entry.as<Done>();
    if (!*entry || (*entry)->client_request_id != line.id) continue;
    const bool pending =
        (*entry)->state == EntryState::intent && (*entry)->sending == Sending::pending;
    Outcome done = Done{};
    if ((*entry)->state == EntryState::error) done = ledger_.roll_back(line);
    if (pending && has_submitter_ended(**entry)) done = withdraw(**entry);
    if (!done.ok()) return done;
  }
  return Done{};
}

Outcome Journal::count(const Entry& entry) const {
  for (const LedgerLine& line : purchases_of(entry)) {
    if (line.id != entry.client_request_id) continue;
    if (auto added = ledger_.add(line, 0); !added.ok()) return added.as<Done>();
  }
  return Done{};
}

LedgerLine ledger_line_of(const Entry& entry) {
  return {entry.submitted, static_cast<int>(entry.seconds), entry.key, entry.client_request_id};
}

std::vector<LedgerLine> purchases_of(const Entry& entry) {
  std::vector<LedgerLine> lines;
  if (entry.service == "rehearsal") return lines;
  for (const GivenUp& one : entry.given_up) {
    if (one.seconds == 0 || one.client_request_id.empty()) continue;
    lines.push_back(
        {one.submitted, static_cast<int>(one.seconds), entry.key, one.client_request_id});
  }
  const bool never_sent = entry.state == EntryState::intent && entry.sending == Sending::pending;
  if (never_sent || entry.state == EntryState::error || entry.seconds == 0) return lines;
  if (!entry.client_request_id.empty()) lines.push_back(ledger_line_of(entry));
  return lines;
}

}  // namespace klingtext
