// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/job.h"

#include <system_error>
#include <thread>

#include "base/log.h"
#include "job/generation_run.h"

namespace klingtext {

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

bool Job::add_user() {
  auto life = life_.lock();
  if (life->over) return false;
  ++life->users;
  return true;
}

bool Job::remove_user() {
  auto life = life_.lock();
  if (--life->users > 0) return false;
  if (!life->submitting) {
    life->over = true;
    stop_.request_stop();
  }
  return true;
}

bool Job::enter_submission() {
  auto life = life_.lock();
  if (stop_.stop_requested()) return false;
  life->submitting = true;
  return true;
}

void Job::leave_submission() {
  auto life = life_.lock();
  life->submitting = false;
  if (life->users == 0) {
    life->over = true;
    stop_.request_stop();
  }
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

void Job::wait_until_left(std::chrono::milliseconds patience) {
  auto life = life_.lock();
  life.wait_until(std::chrono::steady_clock::now() + patience,
                  [&] { return life->ended || life->users > 0; });
}

void Job::start() {
  try {
    // Detached, and kept alive by itself: nobody waits for a job, least of all a state change.
    std::jthread([self = shared_from_this()] {
      const Outcome outcome = GenerationRun(*self, self->stop_.get_token()).run();
      if (outcome.failed()) self->fail(outcome.error());
      self->life_.lock()->ended = true;
      self->life_.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    fail(Error{.kind = ErrorKind::cannot_submit,
               .message = std::string("No thread could be started (") + error.what() +
                          "). Run fewer at a time; nothing was submitted."});
  }
}

}  // namespace klingtext
