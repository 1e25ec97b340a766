// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/journal.h"

#include <algorithm>
#include <map>

#include "base/process_id.h"
#include "store/entry_files.h"
#include "store/look_again.h"

namespace klingtext {
namespace {

Error detached_entry(const StoreFiles& files, const Entry& entry) {
  const std::string advice = entry.generation_id.empty()
                                 ? std::string()
                                 : " Set generation-id=" + entry.generation_id +
                                       " to download its clip without paying again.";
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + files.path_of(entry.file) +
                          " follows an entry that is missing, so its request can be submitted "
                          "again." +
                          advice + " Restore " + files.path_of(first_file(entry.key)) +
                          " and what follows it from a backup, or remove the rest with "
                          "klingtext-journal forget --force " +
                          entry.key.substr(0, 16) + ".",
               .generation_id = entry.generation_id};
}

}  // namespace

Result<Journal::File> Journal::look_at(const std::string& file, const std::string& key) const {
  LookAgain again(*files_);
  while (true) {
    const auto text = files_->read_file(file, kMaxEntry);
    if (!text.ok()) return text.as<File>();
    if (!*text) return File{};
    auto entry = entry_from_json(**text);
    if (entry && entry->key == key && entry_version(**text) <= kEntryVersion) {
      entry->file = file;
      return File{true, std::move(entry)};
    }
    if (entry_version(**text) > kEntryVersion) return newer_entry(*files_, file);
    // Another host can be writing the file, or a network file system show half of it.
    if (!again.wait()) return File{true, std::nullopt};
  }
}

Result<std::optional<Entry>> Journal::read(const std::string& file, const std::string& key) const {
  auto found = look_at(file, key);
  if (!found.ok()) return found.as<std::optional<Entry>>();
  if (found->exists && !found->entry) return damaged_entry(*files_, file, key);
  return std::move(found->entry);
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
    auto found = look_at(name, key);
    if (!found.ok()) {
      contents.unread.push_back({name, found.error()});
    } else if (found->exists && !found->entry) {
      contents.damaged.push_back(name);
    } else if (found->entry) {  // else removed meanwhile
      (name == first_file(key) ? first : resubmissions[key]).push_back(std::move(*found->entry));
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
  for (auto& [key, left] : resubmissions) {
    for (Entry& entry : left) {
      contents.unread.push_back({entry.file, detached_entry(*files_, entry)});
      contents.detached.push_back(std::move(entry));
    }
  }
  return contents;
}

Result<std::optional<Entry>> Journal::find_generation(const std::string& service,
                                                      const std::string& generation_id) const {
  auto contents = read_all();
  if (!contents.ok()) return contents.as<std::optional<Entry>>();
  std::optional<Entry> found;
  for (auto* entries : {&contents->entries, &contents->detached}) {
    for (Entry& entry : *entries) {
      if (entry.service != service || entry.generation_id != generation_id) continue;
      const bool is_bought = !entry.client_request_id.empty();
      if (!found || (is_bought && found->client_request_id.empty())) found = std::move(entry);
    }
  }
  return found;
}

Result<StoreLock> Journal::try_lock(const std::string& key) const {
  return files_->try_lock(key + ".lock");
}

// From the last submission back to the first: what is left when the process ends in between is read
// as the entry it was before the resubmission.
Outcome Journal::forget(const std::string& key) const {
  const auto names = files_->list("");
  if (!names.ok()) return names.as<Done>();
  std::vector<std::string> chain{first_file(key)};
  for (auto entry = read(chain.back(), key); entry.ok() && *entry;
       entry = read(chain.back(), key)) {
    const std::string next = next_file(key, (*entry)->client_request_id);
    const bool is_new = std::find(chain.begin(), chain.end(), next) == chain.end();
    if (!is_new || std::find(names->begin(), names->end(), next) == names->end()) break;
    chain.push_back(next);
  }
  for (const std::string& name : *names) {
    const bool in_chain = std::find(chain.begin(), chain.end(), name) != chain.end();
    if (key_in(name) != key || in_chain) continue;
    if (auto removed = files_->remove_file(name); !removed.ok()) return removed;
  }
  for (auto name = chain.rbegin(); name != chain.rend(); ++name) {
    if (auto removed = files_->remove_file(*name); !removed.ok()) return removed;
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

}  // namespace klingtext
