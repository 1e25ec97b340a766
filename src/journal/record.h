// SPDX-License-Identifier: LGPL-2.1-or-later
// An entry of the journal together with what only a look around tells: whether its submitter
// lives, and how its clip is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/journal.h"

namespace klingtext {

struct Record {
  enum class Status {
    submitting,  // somebody is at it right now
    unknown,     // submitted, perhaps; nobody knows whether it was taken
    running,     // it has an id
    completed,
    failed,
  };
  enum class ClipState {
    none,     // nothing was downloaded (yet)
    partial,  // some of it was
    present,
    missing,  // it was here
    changed,  // it is not as long as it was
  };

  Entry entry;
  Status status = Status::unknown;
  ClipState clip = ClipState::none;
  std::uint64_t clip_bytes = 0;  // on the disk
};

const char* name_of(Record::Status status);
const char* name_of(Record::ClipState state);

// Journal and store as the program sees them; never written to through this.
class Ledger {
 public:
  explicit Ledger(std::shared_ptr<StoreDir> store) : store_(std::move(store)), journal_(store_) {}

  struct Contents {
    std::vector<Record> records;       // newest first
    std::vector<std::string> damaged;  // names of files
  };
  Contents read() const;
  Record look_at(Entry entry) const;

  const StoreDir& store() const { return *store_; }

 private:
  std::shared_ptr<StoreDir> store_;
  Journal journal_;
};

// The one record that `which` names: by the beginning of its key, by its generation id or by its
// client request id. The error names the candidates when there are several.
Result<Record> find_record(const Ledger::Contents& contents, const std::string& which);

}  // namespace klingtext
