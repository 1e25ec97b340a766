// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffering.h"

#include <algorithm>

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Seconds kPatience{0.5};
constexpr std::uint64_t kAhead = 2;  // seconds of film to have before playback goes on

// What two seconds of film take, by the clip's mean bitrate.
std::uint64_t bytes_ahead(Job& job) {
  const std::uint64_t length = job.clip().length().value_or(0);
  const unsigned seconds = std::max(1U, job.film_seconds());
  return std::max<std::uint64_t>(1, std::min(length, length * kAhead / seconds));
}

}  // namespace

// The element plays when the pipeline has prerolled, so there has been a first frame.
bool Buffering::may_begin(std::uint64_t offset) {
  GST_OBJECT_LOCK(element_);
  const bool playing = GST_STATE(element_) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK(element_);
  auto cycle = cycle_.lock();
  if (cycle->phase == Phase::playing) return true;
  if (!playing || offset < cycle->not_before) return false;
  cycle->phase = Phase::playing;
  cycle->told = -1;
  push(*cycle, 0, std::nullopt);
  return true;
}

void Buffering::push(Cycle& cycle, int percent, std::optional<int> seconds_left) {
  if (cycle.told >= percent) return;
  cycle.told = percent;
  GstMessage* message = gst_message_new_buffering(GST_OBJECT(element_), percent);
  const gint64 left_ms = seconds_left ? gint64{*seconds_left} * 1000 : -1;
  gst_message_set_buffering_stats(message, GST_BUFFERING_DOWNLOAD, -1, -1, left_ms);
  queue_.push(message);
}

void Buffering::post_wait(int percent, std::optional<int> seconds_left) {
  {
    auto cycle = cycle_.lock();
    if (cycle->phase == Phase::playing) return;
    if (cycle->phase == Phase::none) cycle->told = -1;
    cycle->phase = Phase::generating;
    push(*cycle, std::min(percent, 99), seconds_left);
  }
  queue_.post();
}

void Buffering::end_wait() {
  {
    auto cycle = cycle_.lock();
    if (cycle->phase != Phase::generating) return;
    cycle->phase = Phase::none;
    push(*cycle, 100, 0);
  }
  queue_.post();
}

Outcome Buffering::fill_up(Job& job, std::uint64_t offset, const Clip::Interrupted& interrupted) {
  const std::uint64_t enough = bytes_ahead(job);
  while (true) {
    const auto there =
        job.clip().wait_for(offset, enough, interrupted,
                            Clock::now() + std::chrono::duration_cast<Clock::duration>(kPatience));
    if (there.stopped()) return Stopped{};  // goes on where the reader comes back
    if (*there) break;
    const auto percent =
        std::min<std::uint64_t>(99, job.clip().available_at(offset) * 100 / enough);
    push(*cycle_.lock(), static_cast<int>(percent), std::nullopt);
    queue_.post();
  }
  {
    auto cycle = cycle_.lock();
    cycle->phase = Phase::none;
    cycle->waited = Seconds(0);
    cycle->not_before = offset + enough;
    push(*cycle, 100, 0);
  }
  queue_.post();
  return Done{};
}

Outcome Buffering::keep_up(Job& job, std::uint64_t offset, std::uint64_t size, GstPadMode mode,
                           const Clip::Interrupted& interrupted) {
  if (cycle_.lock()->phase == Phase::playing) return fill_up(job, offset, interrupted);
  if (mode == GST_PAD_MODE_PUSH || job.clip().available_at(offset) >= bytes_ahead(job)) {
    cycle_.lock()->waited = Seconds(0);
  }
  while (true) {
    const auto begun = Clock::now();
    const Seconds left = std::max(kPatience - cycle_.lock()->waited, Seconds(0.01));
    const auto there = job.clip().wait_for(
        offset, size, interrupted, begun + std::chrono::duration_cast<Clock::duration>(left));
    if (there.stopped()) return Stopped{};
    if (*there) {
      cycle_.lock()->waited += Clock::now() - begun;
      return Done{};
    }
    if (!may_begin(offset)) {
      cycle_.lock()->waited = Seconds(0);
      continue;
    }
    queue_.post();
    return fill_up(job, offset, interrupted);
  }
}

bool Buffering::answer(GstQuery* query, Job& job) {
  const auto length = job.clip().length();
  GstFormat format = GST_FORMAT_UNDEFINED;
  gst_query_parse_buffering_range(query, &format, nullptr, nullptr, nullptr);
  if (!length || *length == 0 || (format != GST_FORMAT_BYTES && format != GST_FORMAT_PERCENT)) {
    return false;
  }
  const auto unit = [&](std::uint64_t bytes) {
    return static_cast<gint64>(format == GST_FORMAT_BYTES
                                   ? bytes
                                   : gst_util_uint64_scale(bytes, GST_FORMAT_PERCENT_MAX, *length));
  };
  const JobReport report = job.report();
  const Extents present = job.clip().present();
  const double speed = report.download_time > Seconds(0)
                           ? static_cast<double>(report.bytes) / report.download_time.count()
                           : 0;
  const auto missing = static_cast<double>(*length - present.bytes());
  const gint64 left_ms = missing == 0 ? 0
                         : speed > 0  ? static_cast<gint64>(missing / speed * 1000)
                                      : -1;
  gst_query_set_buffering_range(query, format, 0, unit(present.reach(0)), left_ms);
  gst_query_set_buffering_stats(query, GST_BUFFERING_DOWNLOAD, static_cast<gint>(speed), -1,
                                left_ms);
  gst_query_set_buffering_percent(query, missing > 0,
                                  static_cast<gint>(present.bytes() * 100 / *length));
  for (const auto& [begin, end] : present.ranges()) {
    gst_query_add_buffering_range(query, unit(begin), unit(end));
  }
  return true;
}

}  // namespace klingtext
