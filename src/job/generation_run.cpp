// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/generation_run.h"

#include <algorithm>

#include "base/log.h"
#include "base/unix_time.h"
#include "job/attachment.h"
#include "job/clip_download.h"
#include "job/completion.h"
#include "job/exit_wait.h"
#include "store/history.h"
#include "store/price.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

// A generation that was found is as old as the journal says.
Clock::time_point begun_at(const Entry& entry) {
  const std::int64_t age = unix_now() - entry.submitted;
  return Clock::now() -
         std::chrono::seconds(entry.submitted > 0 ? std::max<std::int64_t>(0, age) : 0);
}

}  // namespace

Outcome GenerationRun::run() {
  auto store = StoreDir::open(job_.spec().store_path);
  if (!store.ok()) return store.as<Done>();
  RunContext run{job_, stop_, *store, Journal(*store)};

  auto entry = attach_or_submit(run);
  if (!entry.ok()) return entry.as<Done>();
  const Origin origin = job_.report().submissions > 0 ? Origin::submitted : Origin::reused;
  auto finished = ClipFile::open_finished(*run.store, *entry);
  const bool made = finished.ok() && *finished != nullptr;
  // Before the status that it belongs to.
  const Seconds estimate =
      plan_polls(run.spec().pace, generation_times(*run.store, history_kind(*entry)),
                 run.spec().poll_interval)
          .estimate;
  job_.update([&](JobReport& report) { report.estimate = estimate; });
  report_entry(run, *entry, origin, made ? JobStatus::completed : JobStatus::queued);
  if (entry->state == EntryState::error) return failed_generation(*entry);
  log(LogLevel::debug, "request %s is generation %s, %s", entry->key.c_str(),
      entry->generation_id.c_str(),
      origin == Origin::submitted ? "just submitted" : "found in the journal");
  if (!finished.ok()) return finished.as<Done>();
  if (made) {
    log(LogLevel::info, "taking the finished clip of %s", entry->generation_id.c_str());
    job_.clip().attach(std::move(*finished), Clip::Fill::finished);
    return Done{};
  }

  FirstPoll first;
  if (origin == Origin::submitted) {
    const auto schedule =
        plan_polls(run.spec().pace, generation_times(*run.store, history_kind(*entry)),
                   run.spec().poll_interval);
    const bool fixed = run.spec().poll_interval > Seconds(0);
    first.after = fixed ? schedule.step : run.first_poll.value_or(schedule.next(Seconds(0), 0));
  }
  log(LogLevel::info, "waiting for generation %s", entry->generation_id.c_str());
  log(LogLevel::debug, "the first poll is in %.1f s", first.after.count());
  const auto url = await_completion(run, *entry, first);
  if (!url.ok()) return url.as<Done>();
  if (!job_.keep_running()) return Stopped{};
  log(LogLevel::info, "fetching the clip of %s", entry->generation_id.c_str());
  return download(run, *entry, *url);
}

void GenerationRun::report_entry(const RunContext& run, const Entry& entry, Origin origin,
                                 JobStatus status) {
  job_.announce([&](JobReport& report) {
    report.origin = origin;
    report.generation_id = entry.generation_id;
    report.client_request_id = entry.client_request_id;
    report.submitted = entry.submitted;
    if (entry.seconds > 0) report.seconds = entry.seconds;
    if (origin == Origin::reused) report.begun = begun_at(entry);
    report.cost = entry.cost;
    report.retry.reset();
    report.clip_path = run.store->path_of(clip_name(entry.key));
    if (!entry.request.empty()) {
      report.prompt = request_member(entry, "prompt");
      report.model = request_member(entry, "model");
    }
    if (report.status != JobStatus::completed) report.status = status;
  });
}

Outcome GenerationRun::download(RunContext& run, Entry& entry, const std::string& url) {
  const auto begun = Clock::now();
  auto file = ClipFile::open_part(run.store, entry.key);
  if (!file.ok()) return file.as<Done>();
  const DownloadScope scope;
  job_.clip().attach(*file, Clip::Fill::growing);
  const Service& service = run.api->service();
  ClipDownload::Source source{
      .http = service.http,
      .addresses = service.url.reach == Reach::elsewhere ? Addresses::public_only : Addresses::any,
      .url = url,
      .refresh = [&] { return await_completion(run, entry, FirstPoll{}); },
      .max_size = run.spec().max_clip_size,
      .received =
          [&](std::uint64_t bytes) {
            job_.update([&](JobReport& report) {
              report.bytes += bytes;
              report.download_time = Clock::now() - begun;
            });
          },
  };
  Outcome downloaded = ClipDownload(job_.clip(), **file, std::move(source), run.stop).run();
  if (downloaded.failed()) {
    Error error = downloaded.error();
    error.generation_id = entry.generation_id;
    error.client_request_id = entry.client_request_id;
    return error;
  }
  if (downloaded.stopped()) return downloaded;
  // Every byte is there: what goes wrong from here on is no reason to fail the one who reads them.
  const Outcome finished = finish(run, entry, **file);
  if (finished.failed()) job_.warn(finished.error().message);
  job_.clip().settle();
  return Done{};
}

// Syncs the file, records it in the journal, renames .part to .mp4.
Outcome GenerationRun::finish(RunContext& run, Entry& entry, ClipFile& file) {
  auto sealed = file.seal(*job_.clip().length());
  if (!sealed.ok()) return sealed.as<Done>();
  run.finish_noting();
  // The journal first: a clip without an entry is not used.
  auto noted = run.change(entry, [&](Entry& now) {
    now.state = EntryState::completed;
    now.clip = *sealed;
  });
  if (!noted.ok()) return noted;
  if (auto published = file.publish(); !published.ok()) return published;
  remember_price(*run.store, entry);
  log(LogLevel::info, "clip is whole: %s", run.store->path_of(clip_name(entry.key)).c_str());
  if (run.spec().store_size > 0)
    evict_clips(*run.store, run.journal, run.spec().store_size, entry.key);
  return Done{};
}

}  // namespace klingtext
