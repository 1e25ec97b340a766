// SPDX-License-Identifier: LGPL-2.1-or-later
// The failures that wait for their requests.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/annex.h"
#include "rehearsal/program/fault.h"

namespace klingtext::rehearsal {

// Used on the service's thread. The same seed and the same requests give the same failures.
class Faults {
 public:
  struct Armed {
    unsigned number = 0;  // counted from 1; names it
    Fault fault;
    std::string generation;  // the only one it acts on; empty: all
    std::string clip;        // the clip of that generation
    unsigned seen = 0;       // requests it could have happened to
    unsigned happened = 0;
  };

  explicit Faults(std::string seed) : seed_(std::move(seed)) {}

  // The number of the failure. One for a single generation waits for nothing but its requests.
  unsigned arm(const Fault& fault, const std::string& generation = {},
               const std::string& clip = {});
  bool disarm(unsigned number);
  void disarm_all() { armed_.clear(); }
  const std::vector<Armed>& armed() const { return armed_; }

  // The failure for this request, the one armed first if there are several, of those that `fits`.
  std::optional<Fault> take(const Call& call, const std::function<bool(const Fault&)>& fits);

 private:
  bool falls_on(const Armed& armed) const;

  std::string seed_;
  unsigned last_number_ = 0;
  std::vector<Armed> armed_;
};

}  // namespace klingtext::rehearsal
