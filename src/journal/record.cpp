// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/record.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

Record::Status status_of(const Journal& journal, const Entry& entry) {
  switch (entry.state) {
    case EntryState::intent:
      return journal.is_claimed(entry.key) ? Record::Status::submitting : Record::Status::unknown;
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
    case Record::ClipState::changed:
      break;
  }
  return "changed";
}

Record Ledger::look_at(Entry entry) const {
  Record record;
  record.status = status_of(journal_, entry);
  const auto whole = size_of(*store_, clip_name(entry.key));
  const auto part = size_of(*store_, part_name(entry.key));
  if (entry.clip && whole) {
    const bool same = *whole == entry.clip->length;
    record.clip = same ? Record::ClipState::present : Record::ClipState::changed;
    record.clip_bytes = *whole;
  } else if (part) {
    record.clip = Record::ClipState::partial;
    record.clip_bytes = *part;
  } else if (entry.clip) {
    record.clip = Record::ClipState::missing;
  }
  record.entry = std::move(entry);
  return record;
}

Ledger::Contents Ledger::read() const {
  Contents contents;
  for (Entry& entry : journal_.all(&contents.damaged)) {
    contents.records.push_back(look_at(std::move(entry)));
  }
  std::sort(contents.records.begin(), contents.records.end(), [](const Record& a, const Record& b) {
    return std::tie(b.entry.submitted, a.entry.key) < std::tie(a.entry.submitted, b.entry.key);
  });
  std::sort(contents.damaged.begin(), contents.damaged.end());
  return contents;
}

Result<Record> find_record(const Ledger::Contents& contents, const std::string& which) {
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
