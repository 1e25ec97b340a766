// SPDX-License-Identifier: LGPL-2.1-or-later
// Seconds of video bought, per UTC day: one line for each submission and one for each roll-back.
// The ledger only grows, also when journal entries are forgotten. It is the only source of what is
// spent.
//
// On disk: ledger/<UTC date>/<number>, each file one or more lines that never change. A number is
// taken by creating its file exclusively, after all smaller ones were read: two processes, also on
// two hosts and without a working lock, cannot both take the last seconds under a cap.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_files.h"

namespace klingtext {

inline constexpr std::int64_t kDay = 86400;  // seconds

struct LedgerLine {
  std::int64_t time = 0;  // of the submission, unix seconds
  int seconds = 0;        // of video; negative: a roll-back
  std::string key;        // the request key
  std::string id;         // the submission's client request id

  std::int64_t day() const { return time / kDay; }
};

// Seconds bought on the UTC day of `now`. Where the clock is behind the newest purchase, today
// lasts until the end of that purchase's day.
struct Spending {
  unsigned seconds = 0;
  std::int64_t day_ends = 0;  // unix seconds
};

// A line for each submission that was not rolled back, with its seconds, in the order of the
// ledger.
std::vector<LedgerLine> net_lines(const std::vector<LedgerLine>& lines);
Spending spending_of(const std::vector<LedgerLine>& lines, std::int64_t now);

std::string to_text(const LedgerLine& line);
// Nothing when the text is not whole lines. A last line without its end is dropped: it was being
// written when the process ended, before anything was sent.
std::optional<std::vector<LedgerLine>> ledger_lines_from(std::string_view text);

class Ledger {
 public:
  explicit Ledger(std::shared_ptr<const StoreFiles> files) : files_(std::move(files)) {}

  // Whether it holds what was bought before this store had a ledger, and no file of that UTC day or
  // a later one is missing or cut short.
  Result<bool> is_complete(std::int64_t first_day) const;
  // Adds what it lacks of `known`, which is every purchase in the journal, and closes what is
  // missing or cut short. A file with anything else in it than lines stays an error.
  Outcome complete(const std::vector<LedgerLine>& known) const;

  // Adds a purchase. With a `cap` above 0 nothing is added when the seconds of today and of later
  // days would pass it; the result is what was spent before, and `added` tells. An unreadable line
  // is an error.
  struct Added {
    bool added = false;
    Spending before;
  };
  Result<Added> add(const LedgerLine& purchase, unsigned cap) const;
  // Adds the opposite of the purchase's line, once.
  Outcome roll_back(const LedgerLine& purchase) const;

  // All lines from that UTC day on.
  Result<std::vector<LedgerLine>> read_since(std::int64_t day) const;
  Result<std::vector<LedgerLine>> read_day(std::int64_t day) const;

  // Everything that can be read, and the files that cannot. An error when a folder cannot be listed
  // or a file cannot be opened.
  struct Survey {
    std::vector<LedgerLine> lines;
    std::vector<std::string> unreadable;  // names of files, as are the following
    std::vector<std::string> missing;
    std::vector<std::string> cut_short;
    // Whether it holds what was bought before this store had a ledger.
    bool has_old_purchases = false;
  };
  Result<Survey> survey() const;

 private:
  struct Day {
    std::vector<LedgerLine> lines;
    std::uint64_t last = 0;                 // number of a file; 0: none
    std::vector<std::uint64_t> unreadable;  // numbers
    std::vector<std::uint64_t> missing;     // numbers
    std::vector<std::uint64_t> cut_short;   // numbers
  };
  Result<Day> scan_once(std::int64_t day) const;
  Result<Day> scan(std::int64_t day) const;
  // An unreadable file is an error.
  Result<Day> read_damaged(std::int64_t day) const;
  // A damaged day is an error.
  Result<Day> read(std::int64_t day) const;
  Outcome close_gaps(std::int64_t day) const;
  using LinesFor = std::function<Result<std::string>(const Day&)>;
  Outcome append(std::int64_t day, const LinesFor& lines_for) const;
  Result<std::vector<std::int64_t>> days() const;

  std::shared_ptr<const StoreFiles> files_;
};

}  // namespace klingtext
