// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/generation_run.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include "base/log.h"
#include "base/thread_name.h"
#include "base/unix_time.h"
#include "job/attachment.h"
#include "job/clip_download.h"
#include "job/exit_wait.h"
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

Error cannot_follow(const std::exception& exception) {
  return Error{.kind = ErrorKind::cannot_read,
               .message = std::string("The generation cannot be followed (") + exception.what() +
                          "). Run this again: nothing is paid twice."};
}

}  // namespace

GenerationRun::GenerationRun(std::shared_ptr<Job> job, std::stop_token stop, Ended ended)
    : job_(std::move(job)), stop_(std::move(stop)), ended_(std::move(ended)) {}

Outcome GenerationRun::start() {
  return start_thread(&GenerationRun::attach);
}

Outcome GenerationRun::start_thread(Step step) {
  try {
    // Detached, and kept alive by itself: no state change waits for a job.
    std::jthread([self = shared_from_this(), step] {
      name_thread("klingtext-job");
      self->perform(step);
    }).detach();
    return Done{};
  } catch (const std::system_error& error) {
    return Error{.kind = ErrorKind::cannot_read,
                 .message = std::string("No thread could be started (") + error.what() +
                            "). Run fewer at a time; nothing is paid twice."};
  }
}

void GenerationRun::perform(Step step) {
  const LogOwner owner(job_->spec().log_owner);
  Outcome outcome = Done{};
  try {
    const auto next = (this->*step)();
    const bool polls = next.ok() && *next == Next::poll;
    if (polls) outcome = wait();
    if (!next.ok()) outcome = next.as<Done>();
    if (polls && outcome.ok()) return;
  } catch (const std::exception& exception) {
    outcome = cannot_follow(exception);
  }
  end(outcome);
}

// The job has ended when all that it holds is gone: a rehearsal's pipeline, a change of the
// journal.
void GenerationRun::end(const Outcome& outcome) {
  completion_.reset();
  run_.reset();
  ended_(outcome);
}

Result<GenerationRun::Next> GenerationRun::attach() {
  auto store = StoreDir::open(job_->spec().store_path, stop_);
  if (!store.ok()) return store.as<Next>();
  run_.emplace(RunContext{*job_, stop_, *store, Journal(*store)});

  auto entry = attach_or_submit(*run_);
  if (!entry.ok()) return entry.as<Next>();
  entry_ = std::move(*entry);
  // Another process may have submitted it after an attempt of this run was refused.
  const JobReport so_far = job_->report();
  const bool ours = so_far.submissions > 0 && so_far.client_request_id == entry_.client_request_id;
  const Origin origin = ours ? Origin::submitted : Origin::reused;
  auto finished = ClipFile::open_finished(*run_->store, entry_);
  const bool made = finished.ok() && *finished != nullptr;
  completion_.emplace(*run_, entry_);  // its estimate comes before the status that it belongs to
  report_entry(origin, made ? JobStatus::completed : JobStatus::queued);
  if (entry_.state == EntryState::error) return failed_generation(entry_);
  log(LogLevel::debug, "request %s is generation %s, %s", entry_.key.c_str(),
      entry_.generation_id.c_str(),
      origin == Origin::submitted ? "just submitted" : "found in the journal");
  if (!finished.ok()) return finished.as<Next>();
  if (made) {
    log(LogLevel::info, "taking the finished clip of %s", entry_.generation_id.c_str());
    job_->clip().attach(std::move(*finished), Clip::Fill::finished);
    return Next::nothing;
  }
  if (auto api = run_->connect(); !api.ok()) return api.as<Next>();
  log(LogLevel::info, "waiting for generation %s", entry_.generation_id.c_str());
  completion_->plan_first_poll(origin);
  return Next::poll;
}

Outcome GenerationRun::wait() {
  return run_->api->follow(
      entry_.generation_id, completion_->next_poll(), [job = job_] { return job->deadline(); },
      stop_, [self = shared_from_this()](const Result<Poll>& poll) { return self->judge(poll); });
}

std::optional<Poller::Clock::time_point> GenerationRun::judge(const Result<Poll>& poll) {
  Outcome outcome = poll.ok() ? Outcome(Done{}) : poll.as<Done>();
  try {
    if (poll.ok()) {
      if (const auto next = completion_->judge(*poll)) return next;
      outcome = start_thread(&GenerationRun::record_answer);
    }
  } catch (const std::exception& exception) {
    outcome = cannot_follow(exception);
  }
  if (!outcome.ok()) end(outcome);
  return std::nullopt;
}

Result<GenerationRun::Next> GenerationRun::record_answer() {
  const auto url = completion_->record();
  if (!url.ok()) return url.as<Next>();
  if (!*url) return Next::poll;
  if (!job_->keep_running()) return Stopped{};
  log(LogLevel::info, "fetching the clip of %s", entry_.generation_id.c_str());
  auto downloaded = download(**url);
  if (!downloaded.ok()) return downloaded.as<Next>();
  return Next::nothing;
}

void GenerationRun::report_entry(Origin origin, JobStatus status) {
  const Entry& entry = entry_;
  job_->announce([&](JobReport& report) {
    report.origin = origin;
    report.generation_id = entry.generation_id;
    report.client_request_id = entry.client_request_id;
    report.submitted = entry.submitted;
    if (entry.seconds > 0) report.seconds = entry.seconds;
    if (origin == Origin::reused) report.begun = begun_at(entry);
    report.cost = entry.cost;
    report.retry.reset();
    report.clip_path = run_->store->path_of(clip_name(entry.key));
    if (!entry.request.empty()) {
      report.prompt = request_member(entry, "prompt");
      report.model = request_member(entry, "model");
    }
    if (report.status != JobStatus::completed) report.status = status;
  });
}

Outcome GenerationRun::download(const std::string& url) {
  const auto begun = Clock::now();
  auto file = ClipFile::open_part(run_->store, entry_.key);
  if (!file.ok()) return file.as<Done>();
  const DownloadScope scope;
  job_->clip().attach(*file, Clip::Fill::growing);
  const Service& service = run_->api->service();
  ClipDownload::Source source{
      .http = service.http,
      .addresses = service.url.reach == Reach::elsewhere ? Addresses::public_only : Addresses::any,
      .url = url,
      .refresh = [&] { return Completion(*run_, entry_).await(); },
      .max_size = run_->spec().max_clip_size,
      .received =
          [&](std::uint64_t bytes) {
            job_->update([&](JobReport& report) {
              report.bytes += bytes;
              report.download_time = Clock::now() - begun;
            });
          },
  };
  Outcome downloaded = ClipDownload(job_->clip(), **file, std::move(source), stop_).run();
  if (downloaded.failed()) {
    Error error = downloaded.error();
    error.generation_id = entry_.generation_id;
    error.client_request_id = entry_.client_request_id;
    return error;
  }
  if (downloaded.stopped()) return downloaded;
  // Every byte is there: what goes wrong from here on is no reason to fail the one who reads them.
  const Outcome finished = finish(**file);
  if (finished.failed()) job_->warn(finished.error().message);
  job_->clip().settle();
  return Done{};
}

// Syncs the file, records it in the journal, renames .part to .mp4.
Outcome GenerationRun::finish(ClipFile& file) {
  auto sealed = file.seal(*job_->clip().length());
  if (!sealed.ok()) return sealed.as<Done>();
  run_->finish_noting();
  // The journal first: a clip without an entry is not used.
  auto noted = run_->change(entry_, [&](Entry& now) {
    now.state = EntryState::completed;
    now.clip = *sealed;
  });
  if (!noted.ok()) return noted;
  if (auto published = file.publish(); !published.ok()) return published;
  remember_price(*run_->store, entry_);
  log(LogLevel::info, "clip is whole: %s", run_->store->path_of(clip_name(entry_.key)).c_str());
  if (run_->spec().store_size > 0)
    evict_clips(*run_->store, run_->journal, run_->spec().store_size, entry_.key);
  return Done{};
}

}  // namespace klingtext
