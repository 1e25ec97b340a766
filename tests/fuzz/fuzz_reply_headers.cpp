// SPDX-License-Identifier: LGPL-2.1-or-later
// The head of a reply: when to come back, which bytes of which file, what it cost. The input's
// first line is a status, its second the byte that was asked for, then come "name: value" lines.
#include <cmath>
#include <map>

#include "api/wire.h"
#include "fuzz/target.h"
#include "job/clip_reply.h"

namespace klingtext::fuzz {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;

void check_delay(std::optional<Seconds> retry_after) {
  for (unsigned failures = 1; failures < 12; failures += 5) {
    for (const auto delay : {submission_retry_delay, poll_retry_delay, download_retry_delay}) {
      const double seconds = delay(failures, retry_after, 1).count();
      must(std::isfinite(seconds) && seconds >= 0 && seconds < 3700, "no delay is absurd");
    }
  }
}

void check(const ClipReply& reply, std::optional<std::uint64_t> from) {
  using Verdict = ClipReply::Verdict;
  must(reply.verdict != Verdict::part || from, "no part unless one was asked for");
  must(reply.pin.validator.find('\n') == std::string::npos, "a validator fits a header");
  check_delay(reply.retry_after);
}

}  // namespace
}  // namespace klingtext::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  std::string_view text = text_of(data, size);
  const auto status = static_cast<unsigned>(std::strtoul(take_line(text).c_str(), nullptr, 10));
  const std::string asked = take_line(text);
  std::map<std::string, std::string> headers;
  while (!text.empty()) {
    const std::string line = take_line(text);
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    // No NUL, no line break: libsoup hands out neither.
    headers[line.substr(0, colon)] = line.substr(colon + 1).c_str();
  }
  const auto header = [&](const std::string& name) { return headers[name]; };
  std::optional<std::uint64_t> from;
  if (!asked.empty()) from = std::strtoull(asked.c_str(), nullptr, 10);
  check(judge_clip_reply(status, header, from, kNow), from);
  for (const auto& [name, value] : headers) {
    const auto amount = parse_amount(value);
    must(!amount || (std::isfinite(*amount) && *amount >= 0), "an amount is a number");
    const auto range = parse_content_range(value);
    must(!range || (range->first <= range->last && (!range->total || range->last < *range->total)),
         "a range is within its file");
    check_delay(parse_retry_after(value, kNow));
  }
  return 0;
}
