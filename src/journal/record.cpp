// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/record.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

#include "base/process_id.h"
#include "base/text.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

// Without taking the request's lock, so that nothing is written.
bool is_being_submitted(const StoreDir& store, const Entry& entry) {
  const Liveness submitter = liveness_of(entry.submitter);
  if (submitter == Liveness::unknown) return store.is_locked(entry.key + ".lock");
  return submitter == Liveness::alive;
}

// An intent that a process left when it ended before it sent anything. The next run removes it.
bool was_never_sent(const StoreDir& store, const Entry& entry) {
  return entry.state == EntryState::intent && entry.sending == Sending::pending &&
         !is_being_submitted(store, entry);
}

Record::Status status_of(const StoreDir& store, const Entry& entry) {
  switch (entry.state) {
    case EntryState::intent:
      return is_being_submitted(store, entry) ? Record::Status::submitting
                                              : Record::Status::unknown;
    case EntryState::unknown:
      return Record::Status::unknown;
    case EntryState::accepted:
      return Record::Status::running;
    case EntryState::completed:
      return Record::Status::completed;
    case EntryState::error:
      break;
  }
  return Record::Status::failed;
}

std::optional<std::uint64_t> size_of(const StoreDir& store, const std::string& name) {
  struct stat info {};
  if (fstatat(store.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

bool is_named(const Record& record, const std::string& which) {
  const Entry& entry = record.entry;
  return entry.key.starts_with(which) || entry.generation_id == which ||
         entry.client_request_id == which;
}

}  // namespace

const char* name_of(Record::Status status) {
  switch (status) {
    case Record::Status::submitting:
      return "submitting";
    case Record::Status::unknown:
      return "unknown";
    case Record::Status::running:
      return "running";
    case Record::Status::completed:
      return "completed";
    case Record::Status::failed:
      break;
  }
  return "failed";
}

const char* name_of(Record::ClipState state) {
  switch (state) {
    case Record::ClipState::none:
      return "none";
    case Record::ClipState::partial:
      return "partial";
    case Record::ClipState::present:
      return "present";
    case Record::ClipState::missing:
      return "missing";
    case Record::ClipState::evicted:
      return "evicted";
    case Record::ClipState::changed:
      break;
  }
  return "changed";
}

Record JournalView::look_at(Entry entry, Lock lock) const {
  Record record;
  record.status = status_of(*store_, entry);
  if (lock == Lock::ours && record.status == Record::Status::submitting &&
      journal_.has_submitter_ended(entry)) {
    record.status = Record::Status::unknown;
  }
  const auto whole = size_of(*store_, clip_name(entry.key));
  const auto part = size_of(*store_, part_name(*store_, entry.key));
  if (entry.clip && whole) {
    const bool same = *whole == entry.clip->length;
    record.clip = same ? Record::ClipState::present : Record::ClipState::changed;
    record.clip_bytes = *whole;
  } else if (part) {
    record.clip = Record::ClipState::partial;
    record.clip_bytes = *part;
  } else if (entry.clip) {
    record.clip = entry.clip->evicted ? Record::ClipState::evicted : Record::ClipState::missing;
  }
  record.entry = std::move(entry);
  return record;
}

Result<JournalView::Contents> JournalView::read() const {
  Contents contents;
  if (!store_->exists()) return contents;
  auto journal = journal_.read_all();
  if (!journal.ok()) return journal.as<Contents>();
  contents.damaged = std::move(journal->damaged);
  contents.unread = std::move(journal->unread);
  for (Entry& entry : journal->entries) {
    if (was_never_sent(*store_, entry)) continue;
    contents.records.push_back(look_at(std::move(entry)));
  }
  std::sort(contents.records.begin(), contents.records.end(), [](const Record& a, const Record& b) {
    return std::tie(b.entry.submitted, a.entry.key) < std::tie(a.entry.submitted, b.entry.key);
  });
  std::sort(contents.damaged.begin(), contents.damaged.end());
  std::sort(contents.unread.begin(), contents.unread.end(),
            [](const auto& a, const auto& b) { return a.file < b.file; });
  return contents;
}

Result<Record> find_record(const JournalView::Contents& contents, const std::string& which) {
  std::vector<const Record*> found;
  for (const Record& record : contents.records) {
    if (is_named(record, which)) found.push_back(&record);
  }
  if (found.size() == 1) return *found.front();
  const std::string name = '"' + one_line(which, 80) + '"';
  if (found.empty()) {
    return Error{.kind = ErrorKind::not_found,
                 .message = "No entry of the journal is called " + name +
                            ". klingtext-journal list shows what there is."};
  }
  std::string candidates;
  for (const Record* record : found) candidates += "\n  " + record->entry.key;
  return Error{.kind = ErrorKind::not_found,
               .message = name + " may mean any of these; say more of the key:" + candidates};
}

}  // namespace klingtext
