// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/wording.h"

#include <array>
#include <cstdio>

#include "base/text.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

// What a prompt may have: the table cuts at the terminal's edge.
constexpr std::size_t kAll = 3000;

std::string amount(const char* format, double value) {
  std::array<char, 64> text{};
  g_snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace

std::string age_text(std::int64_t submitted, std::int64_t now) {
  if (submitted == 0) return "-";
  const std::int64_t seconds = now - submitted;
  if (seconds < 0) return "in future";
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * kDay) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / kDay) + " d";
}

std::string time_text(std::int64_t unix_seconds) {
  return unix_seconds == 0 ? "-" : utc_text(unix_seconds, "%F %T UTC");
}

std::string day_text(std::int64_t day) {
  return utc_text(day * kDay, "%F");
}

std::string size_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 4> kUnits{"%.1f kB", "%.1f MB", "%.1f GB", "%.1f TB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return amount(kUnits[unit], value);
}

std::string cost_text(const Cost& cost) {
  if (cost.usd_spent) return amount("$%.2f", *cost.usd_spent);
  if (cost.credits_used) return amount("%.0f credits", *cost.credits_used);
  return "-";
}

std::string cost_text(const Entry& entry) {
  return entry.service == "rehearsal" ? "rehearsal" : cost_text(entry.cost);
}

std::string clip_text(const Record& record) {
  switch (record.clip) {
    case Record::ClipState::none:
      return "-";
    case Record::ClipState::present:
      return size_text(record.clip_bytes);
    case Record::ClipState::partial:
      return "partial";
    case Record::ClipState::missing:
      return "missing";
    case Record::ClipState::evicted:
      return "evicted";
    case Record::ClipState::changed:
      break;
  }
  return "damaged";
}

std::string advice(const Record& record) {
  const std::string& id = record.entry.client_request_id;
  switch (record.status) {
    case Record::Status::unknown:
      return "It may exist and be billed. Run the request again, or klingtext-journal recover "
             "--adopt: both look its client request id up in the account's log. If it is not "
             "there, "
             "set resubmit=" +
             id + " to submit once more, or set another take.";
    case Record::Status::running:
      return "klingtext-journal fetch " + record.entry.key.substr(0, 16) +
             " waits for it and downloads it; nothing is paid twice.";
    case Record::Status::failed:
      return "Set resubmit=" + id + " or another take to try again.";
    case Record::Status::submitting:
    case Record::Status::completed:
      break;
  }
  return {};
}

std::string prompt_of(const Entry& entry) {
  return one_line(request_member(entry, "prompt"), kAll);
}

}  // namespace klingtext
