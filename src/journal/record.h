// SPDX-License-Identifier: LGPL-2.1-or-later
// An entry of the journal together with the state of its submitter and of its clip.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/journal.h"
#include "store/store_dir.h"

namespace klingtext {

struct Record {
  enum class Status {
    submitting,  // a process is submitting it
    unknown,     // submitted; whether the service accepted it is not known
    running,     // it has an id
    completed,
    failed,
  };
  enum class ClipState {
    none,     // nothing was downloaded (yet)
    partial,  // some of it was
    present,
    missing,  // it was here
    evicted,  // it was here, and was removed to keep the store's size
    changed,  // it is not as long as it was
  };

  Entry entry;
  Status status = Status::unknown;
  ClipState clip = ClipState::none;
  std::uint64_t clip_bytes = 0;  // on the disk
};

const char* name_of(Record::Status status);
const char* name_of(Record::ClipState state);

// The journal and the store, for reading.
class JournalView {
 public:
  explicit JournalView(std::shared_ptr<StoreDir> store)
      : store_(std::move(store)), journal_(store_) {}

  struct Contents {
    std::vector<Record> records;          // newest first
    std::vector<std::string> damaged;     // names of files
    std::vector<Journal::Unread> unread;  // and of others that are not in the records
  };
  // An error when the store cannot be listed.
  Result<Contents> read() const;
  // Whose lock of the request it is, if there is one.
  enum class Lock { others, ours };
  Record look_at(Entry entry, Lock lock = Lock::others) const;
  const Journal& journal() const { return journal_; }

  const StoreDir& store() const { return *store_; }

 private:
  std::shared_ptr<StoreDir> store_;
  Journal journal_;
};

// The one record that `which` names: by the beginning of its key, by its generation id or by its
// client request id. The error names the candidates when there are several.
Result<Record> find_record(const JournalView::Contents& contents, const std::string& which);

}  // namespace klingtext
