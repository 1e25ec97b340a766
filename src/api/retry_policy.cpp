// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/retry_policy.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <cmath>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext {
namespace {

// Doubling from `first` to `last`, up to a quarter less by jitter; what the service asked for is
// a lower bound and gets the jitter on top.
Seconds backoff(Seconds first, Seconds last, unsigned failures, std::optional<Seconds> retry_after,
                double jitter) {
  const Seconds doubled = std::min(first * std::exp2(failures - 1.0), last);
  if (retry_after) return std::min(*retry_after, kLongestRetryAfter) + 0.1 * jitter * first;
  return doubled * (1.0 - 0.25 * jitter);
}

}  // namespace

Seconds submission_retry_delay(unsigned failures, std::optional<Seconds> retry_after,
                               double jitter) {
  return backoff(Seconds(1), Seconds(60), failures, retry_after, jitter);
}

Seconds poll_retry_delay(unsigned failures, std::optional<Seconds> retry_after, double jitter) {
  return backoff(Seconds(5), Seconds(60), failures, retry_after, jitter);
}

Seconds download_retry_delay(unsigned failures, std::optional<Seconds> retry_after, double jitter) {
  return backoff(Seconds(0.25), Seconds(15), failures, retry_after, jitter);
}

void RefusalStreak::add(TimePoint now) {
  if (length_++ == 0) first_ = now;
  last_ = now;
}

Seconds RefusalStreak::pause(double jitter) const {
  return std::min(poll_retry_delay(std::max(length_, 1U), {}, jitter), span_ / (kRefusals - 1));
}

std::optional<Seconds> parse_retry_after(const std::string& value, std::int64_t now_unix) {
  const std::string text = trimmed(value);
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    seconds = g_ascii_strtod(text.c_str(), nullptr);
  } else {
    const GDateTimePtr date(soup_date_time_new_from_http_string(text.c_str()));
    if (date == nullptr) return std::nullopt;
    seconds = static_cast<double>(g_date_time_to_unix(date.get()) - now_unix);
  }
  return Seconds(std::clamp(seconds, 0.0, kLongestRetryAfter.count()));
}

}  // namespace klingtext
