// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/option_values.h"

#include <algorithm>
#include <array>

#include "base/glib_ptr.h"
#include "journal/record.h"
#include "store/ledger.h"

namespace klingtext {
namespace {

// Strictly YYYY-MM-DD: GLib takes other ISO 8601 forms as well.
GDateTimePtr day_from(const std::string& date) {
  static constexpr std::string_view kForm = "dddd-dd-dd";
  if (date.size() != kForm.size()) return nullptr;
  for (std::size_t i = 0; i < date.size(); ++i) {
    const bool fits = kForm[i] == 'd' ? g_ascii_isdigit(date[i]) != 0 : date[i] == kForm[i];
    if (!fits) return nullptr;
  }
  return GDateTimePtr(g_date_time_new_from_iso8601((date + "T00:00:00Z").c_str(), nullptr));
}

std::int64_t day_of(const GDateTimePtr& time) {
  return g_date_time_to_unix(time.get()) / kDay;
}

}  // namespace

bool is_status(const std::string& word) {
  using enum Record::Status;
  static constexpr std::array kAll{submitting, unknown, running, completed, failed};
  return std::any_of(kAll.begin(), kAll.end(),
                     [&](Record::Status status) { return word == name_of(status); });
}

std::optional<CommandLine::Days> days_of_month(const std::string& month) {
  const GDateTimePtr first = day_from(month + "-01");
  if (first == nullptr) return std::nullopt;
  const GDateTimePtr end(g_date_time_add_months(first.get(), 1));
  if (end == nullptr) return std::nullopt;
  return CommandLine::Days{day_of(first), day_of(end)};
}

std::optional<CommandLine::Days> days_since(const std::string& date) {
  const GDateTimePtr first = day_from(date);
  if (first == nullptr) return std::nullopt;
  CommandLine::Days days;
  days.first = day_of(first);
  return days;
}

}  // namespace klingtext
