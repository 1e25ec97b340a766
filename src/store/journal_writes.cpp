// SPDX-License-Identifier: LGPL-2.1-or-later
// How Journal changes entries.
#include "base/log.h"
#include "store/entry_files.h"
#include "store/journal.h"

namespace klingtext {
namespace {

constexpr std::size_t kRoom = 1024;  // bytes: for the id, the answer and the cost

// White space after the value is JSON's own way to leave room.
std::string padded(std::string text, std::size_t size) {
  if (text.size() < size) text.append(size - text.size() - 1, ' ').append(1, '\n');
  return text;
}

bool is_same_submission(const Entry& seen, const Entry& now) {
  return seen.key == now.key && seen.service == now.service &&
         seen.client_request_id == now.client_request_id &&
         (seen.generation_id.empty() || seen.generation_id == now.generation_id);
}

// Only the account's log called it failed, and a later row of the log names its generation.
bool is_found_after_all(const Entry& before, const Entry& after) {
  return before.state == EntryState::error && before.generation_id.empty() &&
         after.state == EntryState::accepted && !after.generation_id.empty();
}

}  // namespace

Result<std::optional<Entry>> Journal::create(Entry entry,
                                             const std::optional<Entry>& given_up) const {
  entry.file = given_up ? next_file(entry.key, given_up->client_request_id) : first_file(entry.key);
  const std::string text = to_json(entry);
  const std::string bytes = padded(text, text.size() + kRoom);
  const auto back = entry_from_json(bytes);
  if (bytes.size() > kMaxEntry || !back || back->key != entry.key || to_json(*back) != text) {
    return Error{.kind = ErrorKind::settings,
                 .message =
                     "This request cannot be recorded in the journal, so it is not submitted. "
                     "Shorten its texts, or change its extra-params."};
  }
  auto created = files_->create_file(entry.file, bytes);
  if (!created.ok()) return created.as<std::optional<Entry>>();
  if (!*created) return std::optional<Entry>();
  entry.as_read = std::make_shared<const std::string>(bytes);
  return std::optional(std::move(entry));
}

Result<bool> Journal::is_unchanged(const Entry& seen) const {
  const auto now = read(seen.file, seen.key);
  if (!now.ok()) return now.as<bool>();
  return *now && is_same_submission(seen, **now) && (*now)->state == seen.state &&
         (*now)->generation_id == seen.generation_id;
}

Outcome Journal::write(const Entry& entry) const {
  const std::string text = to_json(entry);
  const auto back = entry_from_json(text);
  if (!back || back->key != entry.key) return damaged_entry(*files_, entry.file, entry.key);
  auto written = files_->replace_file(entry.file, padded(text, text.size() + kRoom));
  if (written.ok()) return written;
  // On a full disk the room of the file itself is left.
  const auto now = files_->read_file(entry.file, kMaxEntry);
  if (!now.ok() || !*now || text.size() > (*now)->size()) return written;
  const auto in_place = files_->overwrite_file(entry.file, padded(text, (*now)->size()));
  if (!in_place.ok()) return written;
  log(LogLevel::info, "wrote entry %s in place", entry.key.c_str());
  return Done{};
}

Result<Entry> Journal::set_sending(const Entry& seen, Sending sending) const {
  const auto now = read(seen.file, seen.key);
  if (!now.ok()) return now.as<Entry>();
  if (!*now || (*now)->state != EntryState::intent || !is_same_submission(seen, **now)) {
    return changed_meanwhile(*files_, seen);
  }
  if (sending == Sending::started && !seen.client_request_id.empty()) {
    // A process that was suspended may have been given up meanwhile.
    const auto next = files_->read_file(next_file(seen.key, seen.client_request_id), 1);
    if (!next.ok()) return next.as<Entry>();
    if (*next) return changed_meanwhile(*files_, seen);
  }
  Entry entry = **now;
  entry.sending = sending;
  const std::string text = padded(to_json(entry), entry.as_read->size());
  if (auto written = files_->overwrite_file(entry.file, text); !written.ok()) {
    return written.as<Entry>();
  }
  return entry;
}

Result<Entry> Journal::change(const Entry& seen, const std::function<void(Entry&)>& apply) const {
  const auto now = read(seen.file, seen.key);
  if (!now.ok()) return now.as<Entry>();
  if (!*now || !is_same_submission(seen, **now)) return changed_meanwhile(*files_, seen);
  Entry entry = **now;
  apply(entry);
  const bool keeps_id =
      (*now)->generation_id.empty() || (*now)->generation_id == entry.generation_id;
  const bool found = is_found_after_all(**now, entry);
  const bool may_be = found || may_follow((*now)->state, entry.state);
  if (!may_be || !keeps_id) return changed_meanwhile(*files_, seen);
  if (found) {
    if (auto counted = count(entry); !counted.ok()) return counted.as<Entry>();
  }
  if (auto written = write(entry); !written.ok()) return written.as<Entry>();
  if (entry.state == EntryState::error && (*now)->state != EntryState::error) {
    if (auto rolled_back = ledger_.roll_back(ledger_line_of(entry)); !rolled_back.ok()) {
      return rolled_back.as<Entry>();
    }
  }
  return entry;
}

Outcome Journal::withdraw(const Entry& seen) const {
  const auto now = read(seen.file, seen.key);
  if (!now.ok()) return now.as<Done>();
  if (!*now) return Done{};
  const bool pending = (*now)->state == EntryState::intent && (*now)->sending == Sending::pending;
  if (!pending || !is_same_submission(seen, **now)) return changed_meanwhile(*files_, seen);
  if (auto rolled_back = ledger_.roll_back(ledger_line_of(**now)); !rolled_back.ok()) {
    return rolled_back;
  }
  return files_->remove_file(seen.file);
}

}  // namespace klingtext
