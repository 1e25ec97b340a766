// SPDX-License-Identifier: LGPL-2.1-or-later
// How long to wait before trying again, and when to stop trying. Pure functions: the caller owns
// clock, jitter and sleep. `jitter` is uniform in [0, 1).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace klingtext {

using Seconds = std::chrono::duration<double>;

// A submission that the service provably did not take is sent again, this often in all.
inline constexpr unsigned kSubmissionAttempts = 5;
// Polls that fail in a row before a run gives up waiting (the generation stays attachable).
inline constexpr unsigned kPollFailures = 10;
// A refused poll may come from something in between, a challenge page or an old cache: so many in a
// row, over so long, are the service's answer.
inline constexpr unsigned kRefusals = 3;
inline constexpr Seconds kRefusalSpan{30};
// Nobody is believed who asks for a longer wait than this.
inline constexpr Seconds kLongestRetryAfter{60};

// `failures` counts the failed attempts so far, from 1.
Seconds submission_retry_delay(unsigned failures, std::optional<Seconds> retry_after,
                               double jitter);
Seconds poll_retry_delay(unsigned failures, std::optional<Seconds> retry_after, double jitter);
Seconds download_retry_delay(unsigned failures, std::optional<Seconds> retry_after, double jitter);

// Refused polls in a row. `span` is kRefusalSpan but in tests.
class RefusalStreak {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit RefusalStreak(Seconds span) : span_(span) {}

  void add(TimePoint now);
  void end() { length_ = 0; }
  bool is_final() const { return length_ >= kRefusals && last_ - first_ >= span_; }
  // Until the next poll: some three in the span.
  Seconds pause(double jitter) const;

 private:
  Seconds span_;
  unsigned length_ = 0;
  TimePoint first_{};
  TimePoint last_{};
};

// Retry-After as seconds or as an HTTP date, seen from `now_unix`; capped, never negative.
std::optional<Seconds> parse_retry_after(const std::string& value, std::int64_t now_unix);

}  // namespace klingtext
