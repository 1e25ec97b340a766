// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/desk.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

// What the service refuses with 429: too many submissions of one key within a minute, or too many
// of its generations at once. Used on the service's thread.
class Admission {
 public:
  struct Most {
    unsigned per_minute = 0;  // submissions; 0: no limit
    unsigned at_once = 0;     // generations that are not done; 0: no limit
  };
  explicit Admission(Most most) : most_(most) {}

  // The sentence to refuse a submission with; none if it may go on.
  std::optional<std::string> refusal(const Exchange& exchange, Desk& desk);
  void accepted(const Exchange& exchange, const std::string& generation);

 private:
  struct Account {
    std::deque<std::int64_t> submissions;  // monotonic microseconds, of the last minute
    std::vector<std::string> running;      // ids
  };
  void forget_the_past(Desk& desk);

  Most most_;
  std::map<std::string, Account> accounts_;  // by a hash of the key
};

}  // namespace klingtext::rehearsal
