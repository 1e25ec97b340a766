// SPDX-License-Identifier: LGPL-2.1-or-later
// A failure by name, with its options: `503`, `lost-answer`, `cut-body,at=100000,times=3`. The
// command line, a scenario, a directive and the endpoint all say it in these words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rehearsal/annex.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

struct Fault {
  enum class Kind {
    refused,
    status,
    lost_answer,
    id_in_data,
    no_id,
    hang,
    slow_loris,
    garbage,
    not_json,
    challenge,
    wrong_types,
    unknown_status,
    no_status,
    error,
    error_text,
    error_detail,
    error_code,
    expired,
    completed_without_url,
    completed_with_error,
    kling_words,
    video_list,
    relative_url,
    expired_link,
    cut_body,
    changed_file,
    no_ranges,
    chunked,
    trailing_bytes,
    cut_open_box,
    false_encoding,
    web_page,
    index_at_end,
    fragmented,
    throttle,
    row_missing,
    row_failed,
    row_late,
    log_paged,
    latency,
  };
  enum class On { submit, poll, clip, log, any };
  enum class RetryAfter { none, seconds, date };
  enum class Accepted { no, yes };

  std::string text;  // as it was said
  Kind kind = Kind::status;
  On on = On::any;
  unsigned status = 0;  // of Kind::status
  unsigned times = 1;   // how often it happens; 0: always
  unsigned after = 0;   // requests of its kind that pass before
  double chance = 1;    // of each request of its kind
  unsigned delay = 0;   // milliseconds before the answer
  unsigned seconds =
      0;  // how long it lasts, of `refused` and `hang`; 0: to the end; of `row-late`: the lag
  unsigned rate = 0;                // bytes per second, of `throttle` and `slow-loris`
  std::optional<std::uint64_t> at;  // bytes of the body before a cut; half of it
  RetryAfter retry_after = RetryAfter::none;
  unsigned retry_after_seconds = 0;
  Accepted accepted = Accepted::no;  // whether a submission that is told `status` is accepted
  Envelope envelope = Envelope::problem;

  bool acts_on(Call::Kind kind_of_call) const;
  std::string name() const;
};

// One of the names, what it does by itself, and where.
struct FaultName {
  const char* name;
  Fault::Kind kind;
  Fault::On on;
  const char* meaning;
};
const std::vector<FaultName>& fault_names();
const char* on_name(Fault::On on);

// NAME[,OPTION=VALUE]…; or a sentence that says what is wrong with it.
Result<Fault> parse_fault(std::string_view text);
// Several of them with `;` in between.
Result<std::vector<Fault>> parse_faults(std::string_view text);
// Outcome of one option; for those who have names and values apart.
Outcome set_fault_option(Fault& fault, const std::string& name, const std::string& value);

}  // namespace klingtext::rehearsal
