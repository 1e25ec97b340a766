// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/program/fault.h"

namespace klingtext::rehearsal {

// A key file. The group [scenario] may have `seed`; every other group is one failure, armed in the
// order of the file: `fail` is its name, and its options are keys of their own.
struct Scenario {
  std::string seed;
  std::vector<Fault> faults;
};

Result<Scenario> read_scenario(const std::string& path);

}  // namespace klingtext::rehearsal
