// SPDX-License-Identifier: LGPL-2.1-or-later
// The log beside a growing clip. The input's first line is the size of the clip's file; an "r"
// before it takes the rest as it is, else each line is padded to the length that records have.
#include <sys/mman.h>

#include "fuzz/target.h"
#include "store/part_log.h"

namespace klingtext::fuzz {
namespace {

constexpr std::size_t kRecord = 64;  // bytes

std::string padded_lines(std::string_view rest) {
  std::string text;
  while (!rest.empty()) {
    std::string line = take_line(rest);
    line.resize((line.size() / kRecord + 1) * kRecord - 1, ' ');
    text += line + '\n';
  }
  return text;
}

// How far one gets from `offset`, looked up and found by walking over the pieces.
void check_way(const Extents& present, std::uint64_t offset) {
  constexpr std::uint64_t kNone = UINT64_MAX;
  std::uint64_t reach = offset;
  std::uint64_t next = kNone;
  for (const auto& [begin, end] : present.ranges()) {
    if (begin <= offset && offset < end) reach = end;
    if (end > offset && next == kNone) next = std::max(begin, offset);
  }
  must(present.reach(offset) == reach, "it reaches as far as its piece");
  must(present.next_present(offset, kNone) == next, "the next byte is that of the next piece");
}

// Written again, it says the same.
void check_rewriting(const PartLog::Content& content, std::uint64_t written) {
  PartLog log(UniqueFd(memfd_create("log", MFD_CLOEXEC)));
  must(log.start(content.pin) == 0, "it can be begun");
  for (const auto& [begin, end] : content.present.ranges()) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    log.note({begin, middle});
    log.note({middle, end});
  }
  const auto again = log.read(written);
  must(again && again->pin.length == content.pin.length &&
           again->pin.validator == content.pin.validator &&
           again->present.ranges() == content.present.ranges(),
       "it reads what it writes");
  log.forget();
  must(!log.read(written), "it can be forgotten");
}

}  // namespace
}  // namespace klingtext::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  std::string_view rest = text_of(data, size);
  const std::string first = take_line(rest);
  const bool raw = first.starts_with('r');
  const std::uint64_t written = std::strtoull(first.c_str() + (raw ? 1 : 0), nullptr, 10);
  const auto content =
      PartLog::parse(raw ? std::string(rest) : padded_lines(rest), "BOOT", written);
  if (!content) return 0;
  must(content->pin.length > 0, "a file to go on with has a length");
  const std::uint64_t most = std::min(written, content->pin.length);
  must(content->present.bytes() <= most, "no more bytes than there are");
  for (const auto& [begin, end] : content->present.ranges()) {
    must(begin < end && end <= most, "a piece is within the file");
    for (const std::uint64_t offset : {begin - 1, begin, end - 1, end}) {
      check_way(content->present, offset);
    }
  }
  check_rewriting(*content, written);
  return 0;
}
