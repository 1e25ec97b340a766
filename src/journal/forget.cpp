// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <iostream>
#include <thread>

#include "base/process_id.h"
#include "base/text.h"
#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

constexpr std::chrono::seconds kLockWait{5};
constexpr std::chrono::milliseconds kBetweenLocks{20};
constexpr const char* kPaysAgain =
    "the next run of the same request would submit and pay once more";

Error refusal(const std::string& why) {
  return Error{.kind = ErrorKind::settings, .message = why};
}

std::string short_name(const Entry& entry) {
  return entry.key.substr(0, 8) + " (\"" + one_line(request_member(entry, "prompt"), 40) + "\")";
}

Outcome may_be_forgotten(const Record& record, CommandLine::Force force) {
  const std::string name = short_name(record.entry);
  if (record.status == Record::Status::submitting) {
    return refusal(name + " is being submitted right now. Wait until that is over.");
  }
  if (force == CommandLine::Force::yes || record.entry.service == "rehearsal") return Done{};
  if (record.status == Record::Status::unknown) {
    return refusal("Whether the service accepted " + name +
                   " is unknown: it may exist and be billed. Without its entry " + kPaysAgain +
                   ", and client request id " + record.entry.client_request_id +
                   " is known here no longer. Add --force to forget it all the same.");
  }
  if (record.status == Record::Status::running) {
    return refusal("Generation " + record.entry.generation_id + ", " + name +
                   ", is paid for and not fetched yet. Without its entry " + kPaysAgain +
                   ". Add --force to forget it all the same.");
  }
  const bool clip_is_whole =
      record.clip == Record::ClipState::present || record.clip == Record::ClipState::evicted;
  if (record.status == Record::Status::completed && !clip_is_whole) {
    return refusal(
        "The clip of " + name +
        " is paid for and not whole here; klingtext-journal fetch brings it home. Without "
        "its entry " +
        kPaysAgain + ". Add --force to forget it all the same.");
  }
  return Done{};
}

Error in_use(const std::string& key) {
  return refusal(key.substr(0, 8) + " is in use right now. Try again in a moment.");
}

// Waits a few seconds for a process that holds the lock for one step.
Result<StoreLock> wait_for_lock(const StoreDir& store, const Journal& journal,
                                const std::string& key) {
  const auto until = std::chrono::steady_clock::now() + kLockWait;
  bool told = false;
  while (true) {
    auto lock = journal.try_lock(key);
    if (!lock.ok() || *lock != nullptr) return lock;
    if (std::chrono::steady_clock::now() >= until) return in_use(key);
    if (!told) {
      const std::string owner = process_text(store.lock_owner(key + ".lock"));
      std::cerr << "klingtext-journal: " << key.substr(0, 8) << " is in use by "
                << (owner.empty() ? "another process" : owner) << "; waiting for it.\n";
      told = true;
    }
    std::this_thread::sleep_for(kBetweenLocks);
  }
}

// A purchase of an older version can be in the journal alone.
Outcome keep_seconds(const Journal& journal, const Entry& entry) {
  for (const LedgerLine& line : purchases_of(entry)) {
    if (const auto added = journal.ledger().add(line, 0); !added.ok()) return added.as<Done>();
  }
  return Done{};
}

// Decides and removes under the request's lock. Nothing: the entry cannot be read.
Result<std::optional<Record>> remove(const StoreDir& seen, const std::string& key,
                                     const CommandLine& line) {
  using Removed = std::optional<Record>;
  auto store = StoreDir::open(seen.path());
  if (!store.ok()) return store.as<Removed>();
  const JournalView view(*store);
  const auto lock = wait_for_lock(**store, view.journal(), key);
  if (!lock.ok()) return lock.as<Removed>();
  if ((*store)->is_locked(part_name(**store, key))) return in_use(key);
  const auto entry = view.journal().find(key);
  Removed removed;
  if (entry.ok()) {
    if (!*entry && line.force == CommandLine::Force::no) {
      return refusal("Another process has just removed " + key.substr(0, 8) + ".");
    }
    if (*entry) {
      removed = view.look_at(**entry, JournalView::Lock::ours);
      if (auto may = may_be_forgotten(*removed, line.force); !may.ok()) return may.as<Removed>();
      if (auto kept = keep_seconds(view.journal(), **entry); !kept.ok()) return kept.as<Removed>();
    }
  } else if (line.force == CommandLine::Force::no) {
    return entry.as<Removed>();
  }
  if (auto forgotten = view.journal().forget(key); !forgotten.ok()) return forgotten.as<Removed>();
  if (line.clip_too == CommandLine::ClipToo::yes) {
    for (const std::string& name :
         {clip_name(key), part_name(**store, key), part_log_name(**store, key)}) {
      (*store)->remove(name);
    }
  }
  return removed;
}

void tell(const JournalView& view, const Record& record, const CommandLine& line) {
  const Entry& entry = record.entry;
  const bool with_clip = line.clip_too == CommandLine::ClipToo::yes;
  if (line.output == CommandLine::Output::json) {
    JsonDocument json;
    json.integer("version", 1);
    json.text("store", view.store().path());
    json.name("forgotten");
    json.record(record, view.store());
    json.boolean("clip_removed", with_clip);
    std::cout << json.finish();
    return;
  }
  std::cout << "Forgot " << short_name(entry);
  if (!entry.generation_id.empty()) std::cout << ", generation " << entry.generation_id;
  const bool is_free = entry.service == "rehearsal";
  std::cout << ": " << (is_free ? "the next run rehearses it again" : kPaysAgain) << ".\n";
  if (!with_clip && record.clip == Record::ClipState::present) {
    std::cout << "Its clip stays: " << view.store().path_of(clip_name(entry.key)) << '\n';
  }
}

// An entry that cannot be read has nothing but a name.
Exit forget_damaged(const JournalView& view, const std::string& file, const CommandLine& line) {
  const std::string key = file.substr(0, file.find('.'));
  if (line.force == CommandLine::Force::no) {
    return complain(refusal("The entry " + view.store().path_of(file) +
                            " cannot be read and may stand for a paid generation. Without it " +
                            kPaysAgain + ". Add --force to forget it all the same."));
  }
  const auto removed = remove(view.store(), key, line);
  if (!removed.ok()) return complain(removed.error());
  Record record;
  record.entry.key = key;
  tell(view, removed->value_or(record), line);
  return Exit::fine;
}

}  // namespace

Exit forget(const JournalView& view, const CommandLine& line) {
  const auto read = view.read();
  if (!read.ok()) return complain(read.error());
  const JournalView::Contents& contents = *read;
  const auto record = find_record(contents, line.which.front());
  if (!record.ok()) {
    for (const std::string& file : contents.damaged) {
      if (line.which.front().size() >= 8 && file.starts_with(line.which.front())) {
        return forget_damaged(view, file, line);
      }
    }
    for (const Journal::Unread& one : contents.unread) {
      if (line.which.front().size() < 8 || !one.file.starts_with(line.which.front())) continue;
      if (line.force == CommandLine::Force::no) return complain(one.error);
      return forget_damaged(view, one.file, line);
    }
    return complain(record.error());
  }
  // Decided again under the lock. Without it, so that a submission is not waited for.
  if (auto may = may_be_forgotten(*record, line.force); !may.ok()) return complain(may.error());
  const auto removed = remove(view.store(), record->entry.key, line);
  if (!removed.ok()) return complain(removed.error());
  tell(view, removed->value_or(*record), line);
  return Exit::fine;
}

}  // namespace klingtext
