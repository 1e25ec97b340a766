// SPDX-License-Identifier: LGPL-2.1-or-later
// What was asked, and how it went; without keys, bodies, and what stands behind a `?`.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "rehearsal/annex.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

const char* kind_name(Call::Kind kind);

// Used on the service's thread.
class RequestLog {
 public:
  static constexpr std::size_t kMost = 1000;

  struct Line {
    std::uint64_t number = 0;  // counted from 1
    std::int64_t time = 0;     // milliseconds since the epoch
    Call::Kind kind = Call::Kind::other;
    std::string method;
    std::string path;
    std::string generation;
    std::string client_request_id;
    unsigned status = 0;  // 0: no answer
    std::string fault;
  };
  struct Counters {
    std::map<std::string, std::uint64_t> requests;  // by kind
    std::map<std::string, std::uint64_t> statuses;  // by status
    std::map<std::string, std::uint64_t> faults;    // by name
    std::uint64_t accepted = 0;                     // submissions
  };

  void add(const Exchange& exchange, const Call& call);
  const std::deque<Line>& lines() const { return lines_; }  // the last kMost
  const Counters& counters() const { return counters_; }

 private:
  std::deque<Line> lines_;
  Counters counters_;
  std::uint64_t count_ = 0;
};

}  // namespace klingtext::rehearsal
