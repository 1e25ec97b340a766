// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxEntry = 1 << 20;  // bytes; a prompt has at most 10 kB
constexpr std::size_t kRoom = 1024;         // for the id, the answer and the cost

std::string file_of(const std::string& key) {
  return key + ".json";
}

// White space after the value is JSON's own way to leave room.
std::string padded(std::string text, std::size_t size) {
  if (text.size() < size) text.append(size - text.size() - 1, ' ').append(1, '\n');
  return text;
}

Error damaged_entry(const StoreDir& store, const std::string& name) {
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + store.path_of(name) +
                          " cannot be read, and it may stand for a paid generation. Restore it, or "
                          "move it away to generate anew."};
}

}  // namespace

Result<std::optional<Entry>> Journal::find(const std::string& key) const {
  const std::string name = file_of(key);
  auto text = store_->read_file(name, kMaxEntry);
  if (!text.ok()) return text.as<std::optional<Entry>>();
  if (!*text) return std::optional<Entry>();
  auto entry = entry_from_json(**text);
  if (!entry || entry->key != key) return damaged_entry(*store_, name);
  return entry;
}

std::vector<Entry> Journal::all(std::vector<std::string>* damaged) const {
  std::vector<Entry> entries;
  for (const std::string& name : store_->names_ending_in(".json")) {
    const std::string key = name.substr(0, name.size() - 5);
    if (key.size() != 64) continue;  // not an entry: the history lives here too
    auto entry = find(key);
    if (entry.ok() && *entry) {
      entries.push_back(std::move(**entry));
    } else if (!entry.ok()) {
      log(LogLevel::warning, "%s", entry.error().message.c_str());
      if (damaged != nullptr) damaged->push_back(name);
    }
  }
  return entries;
}

Result<std::optional<Entry>> Journal::find_generation(const std::string& service,
                                                      const std::string& generation_id) const {
  for (Entry& entry : all()) {
    if (entry.service == service && entry.generation_id == generation_id) {
      return std::optional(std::move(entry));
    }
  }
  return std::optional<Entry>();
}

Outcome Journal::create(const Entry& entry) const {
  const std::string text = to_json(entry);
  auto made = store_->write_file(file_of(entry.key), padded(text, text.size() + kRoom),
                                 StoreDir::Replace::no);
  if (!made.ok()) return made.as<Done>();
  if (*made) return Done{};
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + store_->path_of(file_of(entry.key)) +
                          " appeared while it was being made. Run this again."};
}

Outcome Journal::replace(const Entry& entry) const {
  const std::string text = to_json(entry);
  const auto written = store_->write_file(file_of(entry.key), padded(text, text.size() + kRoom),
                                          StoreDir::Replace::yes);
  if (written.ok()) return Done{};
  return replace_in_place(entry, written.error());
}

Outcome Journal::replace_in_place(const Entry& entry, const Error& why_not_otherwise) const {
  auto file = store_->open_file(file_of(entry.key), O_WRONLY);
  if (!file.ok() || !*file) return why_not_otherwise;
  struct stat info {};
  fstat(file->get(), &info);
  const std::string text = to_json(entry);
  if (text.size() > static_cast<std::size_t>(info.st_size)) return why_not_otherwise;
  const int failed =
      write_fully(file->get(), padded(text, static_cast<std::size_t>(info.st_size)), 0);
  if (failed != 0 || fsync(file->get()) != 0) return why_not_otherwise;
  log(LogLevel::info, "wrote entry %s in place", entry.key.c_str());
  return Done{};
}

void Journal::forget(const std::string& key) const {
  store_->remove(file_of(key));
  (void)store_->sync();
}

Result<std::optional<StoreLock>> Journal::try_claim(const std::string& key) const {
  return store_->try_lock(key + ".lock");
}

bool Journal::is_claimed(const std::string& key) const {
  return store_->is_locked(key + ".lock");
}

std::vector<Purchase> purchases_in(const std::vector<Entry>& entries) {
  std::vector<Purchase> purchases;
  for (const Entry& entry : entries) {
    if (entry.service == "rehearsal") continue;
    for (const GivenUp& one : entry.given_up) {
      if (one.seconds > 0) purchases.push_back({one.submitted / kDay, one.seconds, {}});
    }
    if (entry.state == EntryState::error) continue;
    purchases.push_back({entry.submitted / kDay, entry.seconds, entry.cost});
  }
  return purchases;
}

Spending spent_today(const std::vector<Entry>& entries, std::int64_t now) {
  const std::int64_t today = now / kDay;
  std::int64_t last = today;
  Spending spending;
  for (const Purchase& bought : purchases_in(entries)) {
    last = std::max(last, bought.day);
    if (bought.day >= today) spending.seconds += bought.seconds;
  }
  spending.day_ends = (last + 1) * kDay;
  return spending;
}

}  // namespace klingtext
