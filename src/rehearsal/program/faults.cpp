// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/faults.h"

#include <algorithm>

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

bool concerns(const Faults::Armed& armed, const Call& call) {
  if (!armed.fault.acts_on(call.kind)) return false;
  if (armed.generation.empty()) return true;
  return call.kind == Call::Kind::clip ? call.clip == armed.clip
                                       : call.generation == armed.generation;
}

}  // namespace

unsigned Faults::arm(const Fault& fault, const std::string& generation, const std::string& clip) {
  armed_.push_back(
      {.number = ++last_number_, .fault = fault, .generation = generation, .clip = clip});
  return last_number_;
}

bool Faults::disarm(unsigned number) {
  return std::erase_if(armed_, [number](const Armed& armed) { return armed.number == number; }) > 0;
}

// Not a generator with a state: the n-th request of one failure's kind is to be the same whatever
// other failures there are.
bool Faults::falls_on(const Armed& armed) const {
  if (armed.seen <= armed.fault.after) return false;
  if (armed.fault.chance >= 1) return true;
  const std::string digits =
      sha256_hex(seed_ + '/' + std::to_string(armed.number) + '/' + std::to_string(armed.seen))
          .substr(0, 8);
  return static_cast<double>(std::stoul(digits, nullptr, 16)) < armed.fault.chance * 4294967296.0;
}

std::optional<Fault> Faults::take(const Call& call, const std::function<bool(const Fault&)>& fits) {
  for (Armed& armed : armed_) {
    if (!concerns(armed, call) || !fits(armed.fault)) continue;
    ++armed.seen;
    if (!falls_on(armed)) continue;
    const Fault fault = armed.fault;
    if (++armed.happened == fault.times) disarm(armed.number);
    return fault;
  }
  return std::nullopt;
}

}  // namespace klingtext::rehearsal
