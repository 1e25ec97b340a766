// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progress_text.h"

#include <glib-object.h>

#include <algorithm>
#include <cmath>

#include "base/glib_ptr.h"
#include "base/text.h"
#include "enums.h"
#include "store/price.h"
#include "store/store_dir.h"

namespace klingtext {
namespace {

std::string seconds_text(Seconds seconds) {
  return std::to_string(static_cast<long>(std::max(0.0, std::round(seconds.count())))) + " s";
}

// Empty where the journal does not know when.
std::string date_of(const JobReport& report) {
  const GDateTimePtr time(g_date_time_new_from_unix_local(report.submitted));
  if (report.submitted == 0 || time == nullptr) return {};
  const GCharPtr text(g_date_time_format(time.get(), "%F %R"));
  return text.get();
}

// The reason's first sentence; what to do about it is for the end of the attempts.
std::string retry_text(const JobReport::Retry& retry) {
  const Seconds left = retry.next - std::chrono::steady_clock::now();
  if (retry.of == JobReport::Retry::Of::look_up) {
    return "; the answer to the submission was lost. " + retry.reason + "; look " +
           std::to_string(retry.attempt + 1) + " in " + seconds_text(left);
  }
  const std::string then = left > Seconds(0.5) ? "next in " + seconds_text(left) : "trying again";
  return "; attempt " + std::to_string(retry.attempt) + " failed, " + then + ": " +
         one_line(retry.reason.substr(0, retry.reason.find(". ")), 120);
}

std::string expectation(const JobReport& report) {
  if (report.retry) return retry_text(*report.retry);
  const auto left = seconds_left(report);
  if (!left) return {};
  return *left > 0 ? ", about " + std::to_string(*left) + " s left" : ", longer than usual";
}

}  // namespace

const char* nick_of(JobStatus status) {
  auto* type = static_cast<GEnumClass*>(g_type_class_peek_static(job_status_type()));
  const GEnumValue* value =
      type == nullptr ? nullptr : g_enum_get_value(type, static_cast<gint>(status));
  return value == nullptr ? "unknown" : value->value_nick;
}

Seconds elapsed(const JobReport& report) {
  return std::chrono::steady_clock::now() - report.begun;
}

std::optional<int> seconds_left(const JobReport& report) {
  const bool over = report.status == JobStatus::completed || report.status == JobStatus::failed;
  if (over || report.estimate <= Seconds(0)) return std::nullopt;
  const double left = std::round((report.estimate - elapsed(report)).count());
  return static_cast<int>(std::clamp<double>(left, 0, G_MAXINT));
}

std::string subject(const JobReport& report) {
  return report.prompt.empty() ? "Generation " + one_line(report.generation_id, 30)
                               : "\"" + one_line(report.prompt, 32) + "\"";
}

std::string progress_text(const JobReport& report, unsigned next_take) {
  const std::string text = subject(report) + ": " + nick_of(report.status);
  const std::string date = report.origin == Origin::reused ? date_of(report) : "";
  const std::string another = "; set take=" + std::to_string(next_take) + " for another variation";
  if (report.status == JobStatus::completed) {
    return date.empty() ? text + " after " + seconds_text(elapsed(report))
                        : text + ", already generated on " + date + another;
  }
  const std::string submitted =
      date.empty() ? "" : " (already submitted on " + date + another + ")";
  return text + ", " + seconds_text(elapsed(report)) + expectation(report) + submitted;
}

std::string price_note(const JobSpec& spec) {
  const bool buys = spec.asked == JobSpec::Asked::request && spec.generation_id.empty() &&
                    spec.pace == Pace::service;
  if (!buys) return {};
  const unsigned seconds = seconds_of_video(spec.request);
  auto store = StoreDir::open_to_look(spec.store_path);
  std::optional<KnownPrice> price;
  if (store.ok() && (*store)->exists()) {
    price = known_price(*store, price_kind(spec.service_name, request_body(spec.request), seconds));
  }
  return ": " + std::to_string(seconds) + " s of video unless it is paid already; " +
         price_text(price);
}

}  // namespace klingtext
