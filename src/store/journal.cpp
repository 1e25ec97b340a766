// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/journal.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "base/log.h"
#include "base/process_id.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxEntry = 1 << 20;  // bytes; a prompt has at most 10 kB
constexpr std::size_t kRoom = 1024;         // for the id, the answer and the cost
constexpr std::size_t kKey = 64;            // hex digits
constexpr std::size_t kSuffix = 16;         // hex digits
constexpr const char* kEnding = ".json";
// Another host can be writing the file that is read, or a network file system show half of it.
constexpr int kReads = 10;
constexpr std::chrono::milliseconds kBetweenReads{5};

// White space after the value is JSON's own way to leave room.
std::string padded(std::string text, std::size_t size) {
  if (text.size() < size) text.append(size - text.size() - 1, ' ').append(1, '\n');
  return text;
}

std::string first_file(const std::string& key) {
  return key + kEnding;
}

// The file of the submission that follows when the one with this id is given up.
std::string next_file(const std::string& key, const std::string& client_request_id) {
  std::string suffix = client_request_id.size() >= kSuffix
                           ? client_request_id.substr(client_request_id.size() - kSuffix)
                           : std::string();
  const bool hex = suffix.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (suffix.empty() || !hex) suffix = sha256_hex(client_request_id).substr(0, kSuffix);
  return key + '.' + suffix + kEnding;
}

// The request key in the name of an entry's file; empty for other files.
std::string key_in(const std::string& file) {
  const bool first = file.size() == kKey + 5;
  const bool later = file.size() == kKey + 1 + kSuffix + 5 && file[kKey] == '.';
  if ((!first && !later) || !file.ends_with(kEnding)) return {};
  const std::string key = file.substr(0, kKey);
  return key.find_first_not_of("0123456789abcdef") == std::string::npos ? key : std::string();
}

Error damaged_entry(const StoreFiles& files, const std::string& file, const std::string& key) {
  return Error{
      .kind = ErrorKind::store,
      .message = "The journal entry " + files.path_of(file) +
                 " cannot be read, and it may stand for a paid generation, so this request "
                 "is not submitted. Restore the file from a backup; if there is none, "
                 "klingtext-journal forget --force " +
                 key.substr(0, 16) + " gives the generation up, and the next run pays again."};
}

Error newer_entry(const StoreFiles& files, const std::string& file) {
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + files.path_of(file) +
                          " was written by a newer version of klingtextsrc, so this request is not "
                          "submitted. Update klingtextsrc."};
}

Error changed_meanwhile(const StoreFiles& files, const Entry& seen) {
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + files.path_of(seen.file) +
                          " was changed by another process. Run this again.",
               .generation_id = seen.generation_id,
               .client_request_id = seen.client_request_id};
}

bool is_same_submission(const Entry& seen, const Entry& now) {
  return seen.key == now.key && seen.service == now.service &&
         seen.client_request_id == now.client_request_id &&
         (seen.generation_id.empty() || seen.generation_id == now.generation_id);
}

}  // namespace

Result<std::optional<Entry>> Journal::read(const std::string& file, const std::string& key) const {
  for (int tries = 1;; ++tries) {
    const auto text = files_->read_file(file, kMaxEntry);
    if (!text.ok()) return text.as<std::optional<Entry>>();
    if (!*text) return std::optional<Entry>();
    auto entry = entry_from_json(**text);
    if (entry && entry->key == key && entry_version(**text) <= kEntryVersion) {
      entry->file = file;
      return entry;
    }
    if (entry_version(**text) > kEntryVersion) return newer_entry(*files_, file);
    if (tries == kReads) return damaged_entry(*files_, file, key);
    std::this_thread::sleep_for(kBetweenReads);
  }
}

Result<std::optional<Entry>> Journal::find(const std::string& key) const {
  auto entry = read(first_file(key), key);
  while (entry.ok() && *entry && !(*entry)->client_request_id.empty()) {
    auto next = read(next_file(key, (*entry)->client_request_id), key);
    if (!next.ok()) return next;
    if (!*next) break;
    entry = std::move(next);
  }
  return entry;
}

Result<Journal::Contents> Journal::read_all() const {
  const auto names = files_->list("");
  if (!names.ok()) return names.as<Contents>();
  Contents contents;
  std::map<std::string, std::vector<Entry>> resubmissions;  // by request key
  std::vector<Entry> first;
  for (const std::string& name : *names) {
    const std::string key = key_in(name);
    if (key.empty()) continue;
    auto entry = read(name, key);
    if (entry.ok() && !*entry) continue;  // removed meanwhile
    if (!entry.ok()) {
      log(LogLevel::warning, "%s", entry.error().message.c_str());
      contents.damaged.push_back(name);
    } else if (name == first_file(key)) {
      first.push_back(std::move(**entry));
    } else {
      resubmissions[key].push_back(std::move(**entry));
    }
  }
  for (Entry& entry : first) {
    auto& later = resubmissions[entry.key];
    const auto follows = [&](const Entry& one) {
      return one.file == next_file(entry.key, entry.client_request_id);
    };
    for (auto next = std::find_if(later.begin(), later.end(), follows); next != later.end();
         next = std::find_if(later.begin(), later.end(), follows)) {
      Entry found = std::move(*next);
      later.erase(next);
      entry = std::move(found);
    }
    contents.entries.push_back(std::move(entry));
  }
  return contents;
}

Result<std::optional<Entry>> Journal::find_generation(const std::string& service,
                                                      const std::string& generation_id) const {
  auto contents = read_all();
  if (!contents.ok()) return contents.as<std::optional<Entry>>();
  for (Entry& entry : contents->entries) {
    if (entry.service == service && entry.generation_id == generation_id) {
      return std::optional(std::move(entry));
    }
  }
  return std::optional<Entry>();
}

Result<StoreLock> Journal::try_lock(const std::string& key) const {
  return files_->try_lock(key + ".lock");
}

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
  if (!may_follow((*now)->state, entry.state) || !keeps_id) return changed_meanwhile(*files_, seen);
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

Outcome Journal::forget(const std::string& key) const {
  const auto names = files_->list("");
  if (!names.ok()) return names.as<Done>();
  // The first one last: were this to end in between, what is left is an entry that is read as
  // before.
  for (const std::string& name : *names) {
    if (key_in(name) != key || name == first_file(key)) continue;
    if (auto removed = files_->remove_file(name); !removed.ok()) return removed;
  }
  return files_->remove_file(first_file(key));
}

Outcome Journal::complete_ledger() const {
  const auto contents = read_all();
  if (!contents.ok()) return contents.as<Done>();
  if (!contents->damaged.empty()) {
    // Read again for its error: it need not be damaged to be unreadable.
    const std::string& file = contents->damaged.front();
    const auto again = read(file, key_in(file));
    return again.failed() ? again.error() : damaged_entry(*files_, file, key_in(file));
  }
  std::vector<LedgerLine> known;
  for (const Entry& entry : contents->entries) {
    const auto purchases = purchases_of(entry);
    known.insert(known.end(), purchases.begin(), purchases.end());
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

bool Journal::has_submitter_ended(const Entry& intent) const {
  switch (liveness_of(intent.submitter)) {
    case Liveness::dead:
      return true;
    case Liveness::alive:
      return is_this_process(intent.submitter);  // its lock is ours, so another job of it has ended
    case Liveness::unknown:
      break;
  }
  return files_->locks_are_shared();
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
