// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/fetch_run.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace klingtext {
namespace {

constexpr std::uint64_t kMaxClip = std::uint64_t{2} << 30;  // bytes, as the element's default
constexpr std::chrono::milliseconds kTick{500};

FetchProgress progress_of(Job& job, const JobReport& report) {
  FetchProgress progress;
  progress.status = report.status;
  progress.retry = report.retry ? report.retry->reason : std::string();
  progress.bytes = job.clip().present().bytes();
  progress.length = job.clip().length();
  return progress;
}

}  // namespace

FetchRun::FetchRun(const JournalView& view, FetchPlan& plan, Connect connect, FetchDisplay& display)
    : view_(view), plan_(plan), connect_(std::move(connect)), display_(display) {}

void FetchRun::run(unsigned at_once) {
  const auto waiting =
      std::count_if(plan_.items.begin(), plan_.items.end(),
                    [](const FetchItem& item) { return item.state == FetchItem::State::waiting; });
  working_ = std::min<std::size_t>(at_once, static_cast<std::size_t>(waiting));
  std::vector<std::jthread> threads;
  for (std::size_t i = working_; i > 0; --i) {
    try {
      threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // no thread; this one does it
      work();
    }
  }
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kTick, [this] { return working_ == 0; })) display_.passed();
}

void FetchRun::work() {
  while (FetchItem* item = next()) fetch(*item);
  const std::scoped_lock lock(mutex_);
  --working_;
  ended_.notify_all();
}

FetchItem* FetchRun::next() {
  const std::scoped_lock lock(mutex_);
  for (FetchItem& item : plan_.items) {
    if (item.state != FetchItem::State::waiting) continue;
    item.state = FetchItem::State::under_way;
    return &item;
  }
  return nullptr;
}

JobSpec FetchRun::spec_of(const Entry& entry) const {
  JobSpec spec;
  spec.asked = JobSpec::Asked::generation_only;
  spec.generation_id = entry.generation_id;
  spec.service_name = entry.service;
  spec.store_path = view_.store().path();
  spec.max_clip_size = kMaxClip;
  spec.connect = [connect = connect_, entry](const JobSpec::Warn&) { return connect(entry); };
  return spec;
}

void FetchRun::fetch(FetchItem& item) {
  const auto handle = attach_job(spec_of(item.record.entry));
  Job& job = **handle;
  while (true) {
    const std::uint64_t seen = job.revision();
    const auto tick = std::chrono::steady_clock::now() + kTick;
    const JobReport report = job.report();
    {
      const std::scoped_lock lock(mutex_);
      display_.changed(item, progress_of(job, report));
    }
    const Outcome settled = job.clip().wait_until_settled(
        [&] { return job.revision() != seen || std::chrono::steady_clock::now() >= tick; });
    if (settled.stopped()) continue;
    end(item, settled, job.report());
    return;
  }
}

void FetchRun::end(FetchItem& item, const Outcome& settled, const JobReport& report) {
  const auto entry = view_.journal().find(item.record.entry.key);
  const std::scoped_lock lock(mutex_);
  if (entry.ok() && *entry) item.record = view_.look_at(**entry);
  const bool whole = item.record.clip == Record::ClipState::present;
  item.state = FetchItem::State::missing;
  if (settled.ok() && whole) {
    item.state = FetchItem::State::whole;
  } else if (settled.failed()) {
    item.message = settled.error().message;
    if (item.record.status == Record::Status::failed) item.state = FetchItem::State::failed;
  } else if (!report.warnings.empty()) {
    item.message = report.warnings.back();
  } else {
    item.message = "Another process has changed its entry or its clip. Run this again.";
  }
  display_.ended(item);
}

}  // namespace klingtext
