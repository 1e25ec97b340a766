// SPDX-License-Identifier: LGPL-2.1-or-later
// What the head of a storage server's reply means for a download. Pure: a status and headers in, a
// verdict out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "api/retry_policy.h"
#include "store/clip_file.h"

namespace klingtext {

struct ClipReply {
  enum class Verdict {
    whole,      // the body is the file from its first byte
    part,       // the body begins at the byte that was asked for
    elsewhere,  // a redirect
    expired,    // the link is no good (any more): ask for a fresh one
    later,      // try again
    no_range,   // this server's ranges cannot be used
    unusable,   // `why` says what is wrong with it
  };
  Verdict verdict = Verdict::unusable;
  // `length` is 0 where the server does not say.
  Pin pin;
  std::string location;
  std::optional<Seconds> retry_after;
  std::string why;  // for a sentence
};

using HeaderOf = std::function<std::string(const std::string& lower_case_name)>;

// `from` is the first byte of the range that was asked for, or nothing when none was.
ClipReply judge_clip_reply(unsigned status, const HeaderOf& header,
                           std::optional<std::uint64_t> from, std::int64_t now_unix);

struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_content_range(const std::string& value);

}  // namespace klingtext
