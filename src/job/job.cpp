// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/job.h"

#include <algorithm>

#include "base/log.h"
#include "job/generation_run.h"

namespace klingtext {
namespace {

Job::Deadline deadline_in(Seconds patience) {
  if (patience <= Seconds(0)) return Job::Deadline::max();
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::milliseconds>(patience);
}

// The process is ending, or a submission could not be made.
Error interrupted() {
  return Error{.kind = ErrorKind::cannot_read,
               .message = "The generation was interrupted. Run this again: nothing is paid twice."};
}

}  // namespace

Job::Job(JobSpec spec, std::string request_key)
    : spec_(std::move(spec)), request_key_(std::move(request_key)) {
  update([&](JobReport& report) {
    report.request_key = request_key_;
    report.generation_id = spec_.generation_id;
    report.prompt = spec_.request.prompt;
    report.model = spec_.request.model;
    report.seconds = seconds_of_video(spec_.request);
    report.begun = std::chrono::steady_clock::now();
  });
}

JobReport Job::report() {
  return *report_.lock();
}

bool Job::add_user(Seconds patience) {
  auto life = life_.lock();
  if (life->over || (life->ended && life->users == 0)) return false;
  ++life->users;
  life->deadline = std::max(life->deadline, deadline_in(patience));
  return true;
}

Job::Left Job::remove_user() {
  auto life = life_.lock();
  if (--life->users > 0) return Left::in_use;
  if (life->submitting) return Left::submitting;
  if (life->kept && !life->ended && !clip_.is_finished()) return Left::in_use;
  life->over = true;
  return Left::stopping;
}

bool Job::enter_submission() {
  auto life = life_.lock();
  if (life->over) return false;
  life->submitting = true;
  return true;
}

void Job::leave_submission() {
  {
    auto life = life_.lock();
    life->submitting = false;
    if (life->users > 0) return;
    life->over = true;
  }
  stop();
}

bool Job::keep_running() {
  auto life = life_.lock();
  if (life->over) return false;
  life->kept = true;
  return true;
}

void Job::warn(std::string sentence) {
  log(LogLevel::warning, "%s", sentence.c_str());
  announce([&](JobReport& report) { report.warnings.push_back(std::move(sentence)); });
}

void Job::fail(const Error& error) {
  life_.lock()->over = true;
  log(LogLevel::info, "%s", error.message.c_str());
  announce([](JobReport& report) { report.status = JobStatus::failed; });
  clip_.fail(error);
}

void Job::wait_until_left(std::chrono::milliseconds at_most) {
  auto life = life_.lock();
  life.wait_until(std::chrono::steady_clock::now() + at_most,
                  [&] { return life->ended || life->users > 0; });
}

void Job::end(const Outcome& outcome) {
  if (outcome.failed()) fail(outcome.error());
  if (outcome.stopped() && !is_over()) fail(interrupted());
  life_.lock()->ended = true;
  life_.notify_all();
}

void Job::start(std::function<void()> ended) {
  const auto run = std::make_shared<GenerationRun>(
      shared_from_this(), stop_.get_token(),
      [self = shared_from_this(), ended = std::move(ended)](const Outcome& outcome) {
        self->end(outcome);
        ended();
      });
  if (const auto started = run->start(); !started.ok()) end(started);
}

}  // namespace klingtext
