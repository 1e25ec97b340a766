// SPDX-License-Identifier: LGPL-2.1-or-later
// A scenario file, and failures as anybody on this machine can order them by header or member.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

#include "fuzz/target.h"
#include "rehearsal/program/scenario.h"

namespace klingtext::rehearsal {
namespace {

using fuzz::must;

void check(const Fault& fault) {
  must(!fault.text.empty() && !fault.name().empty(), "a failure has a name");
  must(std::isfinite(fault.chance) && fault.chance >= 0 && fault.chance <= 1, "a chance is one");
  must(fault.kind != Fault::Kind::status || (fault.status >= 100 && fault.status <= 599),
       "a status is one of HTTP's");
  for (const auto kind : {Call::Kind::submit, Call::Kind::poll, Call::Kind::clip}) {
    (void)fault.acts_on(kind);
  }
  (void)on_name(fault.on);
  const auto again = parse_fault(fault.text);
  must(again.ok() && again->kind == fault.kind && again->times == fault.times,
       "its text means the same again");
}

}  // namespace
}  // namespace klingtext::rehearsal

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  const std::string_view text = fuzz::text_of(data, size);
  if (const auto faults = rehearsal::parse_faults(text); faults.ok()) {
    for (const auto& fault : *faults) rehearsal::check(fault);
  }
  static const int fd = memfd_create("scenario", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  fuzz::must(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) >= 0, "there is memory");
  if (const auto scenario = rehearsal::read_scenario(path); scenario.ok()) {
    for (const auto& fault : scenario->faults) rehearsal::check(fault);
  }
  return 0;
}
