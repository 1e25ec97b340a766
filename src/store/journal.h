// SPDX-License-Identifier: LGPL-2.1-or-later
// What was submitted, under which id, and what it cost: one file per request key, written ahead of
// every step and on the disk before the step is taken.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/entry.h"
#include "store/store_dir.h"

namespace klingtext {

class Journal {
 public:
  explicit Journal(std::shared_ptr<StoreDir> store) : store_(std::move(store)) {}

  // An unreadable entry is an error and not an absence: it may stand for something paid.
  Result<std::optional<Entry>> find(const std::string& key) const;
  // The entry that holds this generation; reads the whole journal.
  Result<std::optional<Entry>> find_generation(const std::string& service,
                                               const std::string& generation_id) const;
  // Every readable entry, in no order; the names of the others go to `damaged` if given.
  std::vector<Entry> all(std::vector<std::string>* damaged = nullptr) const;

  // For a key that has none yet. The file has room to spare, so that the id can still be written
  // when the disk is full by then.
  Outcome create(const Entry& entry) const;
  // Atomically; in place, in that room, when there is no space for a second file.
  Outcome replace(const Entry& entry) const;
  void forget(const std::string& key) const;

  // The claim of the one who may submit for this key.
  Result<std::optional<StoreLock>> try_claim(const std::string& key) const;
  // Whether one is being submitted right now. Writes nothing.
  bool is_claimed(const std::string& key) const;

  const StoreDir& store() const { return *store_; }

 private:
  Outcome replace_in_place(const Entry& entry, const Error& why_not_otherwise) const;
  std::shared_ptr<StoreDir> store_;
};

// What counts as bought: everything but failures and rehearsals; also a submission that was given
// up while nobody knew whether it had been taken.
struct Purchase {
  std::int64_t day = 0;  // UTC days since 1970
  unsigned seconds = 0;  // of video
  Cost cost;
};
std::vector<Purchase> purchases_in(const std::vector<Entry>& entries);
inline constexpr std::int64_t kDay = 86400;  // seconds

// Seconds of video bought on the UTC day of `now`. Where the clock is behind the newest
// purchase, today lasts until the end of that purchase's day.
struct Spending {
  unsigned seconds = 0;
  std::int64_t day_ends = 0;  // unix seconds
};
Spending spent_today(const std::vector<Entry>& entries, std::int64_t now);

}  // namespace klingtext
