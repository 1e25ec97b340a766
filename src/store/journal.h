// SPDX-License-Identifier: LGPL-2.1-or-later
// What was submitted, under which id, and what it cost: one file for each submission, on the disk
// before the step it records is taken.
//
// On disk: <request key>.json is the first submission of a request. A resubmission has a file of
// its own, <request key>.<end of the given-up client request id>.json. Creating such a file
// exclusively is the right to submit; no file is ever replaced by one of another submission.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/entry.h"
#include "store/ledger.h"
#include "store/store_files.h"

namespace klingtext {

class Journal {
 public:
  explicit Journal(std::shared_ptr<const StoreFiles> files)
      : files_(std::move(files)), ledger_(files_) {}

  // The current submission of a request. An entry that cannot be read is an error and not an
  // absence: it may stand for something paid.
  Result<std::optional<Entry>> find(const std::string& key) const;
  // The entry of a generation, before one that only follows it by its id. Reads the whole journal;
  // an unreadable entry matches nothing, so that its generation can be followed by its id.
  Result<std::optional<Entry>> find_generation(const std::string& service,
                                               const std::string& generation_id) const;
  struct Unread {
    std::string file;
    Error error;
  };
  struct Contents {
    std::vector<Entry> entries;        // the current one of each request, in no order
    std::vector<std::string> damaged;  // names of files that hold no entry
    std::vector<Unread> unread;        // other files of entries that are not in `entries`
    // Those of `unread` that could be read: an earlier entry of their request is missing.
    std::vector<Entry> detached;
  };
  // An error when the store cannot be listed.
  Result<Contents> read_all() const;

  // The lock of a request; null while another process holds it.
  Result<StoreLock> try_lock(const std::string& key) const;

  // --- With the request's lock held ---

  // Takes the right to submit: for a request without an entry, or for one whose entry is
  // `given_up`. The file has room to spare, so that the id can still be written when the disk is
  // full by then. Nothing when another submission has it. An entry that could not be read back is
  // an error.
  Result<std::optional<Entry>> create(Entry entry, const std::optional<Entry>& given_up) const;
  // Whether the entry on the disk has the submission, state and generation of `seen`.
  Result<bool> is_unchanged(const Entry& seen) const;
  // Says whether the submission may have left: one write in place.
  Result<Entry> set_sending(const Entry& seen, Sending sending) const;
  // Reads the entry again and applies a change to it. Refused when the entry on the disk is of
  // another submission or generation than `seen`, or when may_follow() refuses the new state. An
  // entry that becomes `error` is rolled back in the ledger: the service bills no failed
  // generation. One that only the account's log called failed may become `accepted` by a
  // generation id, and counts in the ledger again.
  Result<Entry> change(const Entry& seen, const std::function<void(Entry&)>& apply) const;
  // Removes an intent that is pending and rolls it back: it was never sent, or was refused.
  Outcome withdraw(const Entry& seen) const;
  // Removes all entries of a request. The ledger keeps their seconds.
  Outcome forget(const std::string& key) const;

  // --- Ledger ---
  // Adds the entry's own submission to the ledger, unless it counts already or costs nothing.
  Outcome count(const Entry& entry) const;
  const Ledger& ledger() const { return ledger_; }
  // Adds to the ledger what the journal knows and it lacks. An entry that cannot be read is an
  // error.
  Outcome complete_ledger() const;
  // Rolls back what a process left counted when it ended before it had sent anything, or before it
  // had noted in the ledger that a generation failed.
  Outcome reconcile_ledger(std::int64_t first_day) const;

  // Whether the process that submits this intent has ended. With the request's lock held: where
  // locks are not shared between hosts, a submitter on another host cannot be excluded.
  bool has_submitter_ended(const Entry& intent) const;

 private:
  struct File {
    bool exists = false;
    std::optional<Entry> entry;  // none in a damaged one
  };
  Result<File> look_at(const std::string& file, const std::string& key) const;
  // A damaged one is an error.
  Result<std::optional<Entry>> read(const std::string& file, const std::string& key) const;
  Outcome write(const Entry& entry) const;

  std::shared_ptr<const StoreFiles> files_;
  Ledger ledger_;
};

// The purchases an entry stands for: its submission, unless that was not sent, failed, or costs
// nothing, and those that were given up while their outcome was unknown.
std::vector<LedgerLine> purchases_of(const Entry& entry);
// The line of the entry's own submission.
LedgerLine ledger_line_of(const Entry& entry);

}  // namespace klingtext
