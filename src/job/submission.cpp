// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/submission.h"

#include "base/log.h"
#include "base/random.h"
#include "job/attempt.h"
#include "store/purchase.h"

namespace klingtext {
namespace {

// The intent is small, the clip is not: without room for it nothing is bought.
constexpr std::uint64_t kRoomForClip = 32 << 20;  // bytes

Outcome check_room(RunContext& run) {
  if (run.store->free_space() >= kRoomForClip) return Done{};
  return Error{.kind = ErrorKind::no_space,
               .message = "The store " + run.store->path() +
                          " has less than 32 MiB free, too little for a clip. Nothing was "
                          "submitted. Free some space, or set store-dir to a larger disk."};
}

Error nothing_submitted(Error error) {
  error.message += " Nothing was submitted.";
  return error;
}

// The deadline came before the service took the request.
Error late(const RunContext& run, Error error) {
  const char* why = error.http_status == 0 ? "the service could not be reached before"
                                           : "the service did not accept it before";
  error.message = not_submitted_in_time(run, why).message + " (" + error.message + ")";
  return error;
}

enum class Next { entry, lost_the_right, again };
struct Tried {
  Next next = Next::again;
  std::optional<Entry> entry;
  Error error;  // why it is tried again
  std::optional<Seconds> retry_after;
};

// The deadline is later when another user of the job came meanwhile.
Result<SubmissionSlots::Slot> wait_for_slot(RunContext& run) {
  using Slot = SubmissionSlots::Slot;
  while (true) {
    auto slot = run.api->wait_for_slot(run.job.deadline(), run.stop);
    if (!slot.ok()) return slot.as<Slot>();
    if (*slot) return std::move(**slot);
    if (std::chrono::steady_clock::now() >= run.job.deadline()) {
      return not_submitted_in_time(run, "other submissions were being sent");
    }
  }
}

Result<Tried> try_once(RunContext& run, const std::optional<Entry>& given_up) {
  auto slot = wait_for_slot(run);
  if (!slot.ok()) return slot.as<Tried>();
  Attempt attempt(run, given_up);
  auto answer = run.api->submit(
      request_body(run.spec().request), [&] { return attempt.prepare(); }, run.job.deadline(),
      run.stop);
  if (attempt.lost_the_right()) return Tried{.next = Next::lost_the_right};
  if (attempt.prepared().failed()) return attempt.prepared().error();
  if (answer.stopped()) return Stopped{};
  answer->error.client_request_id = attempt.client_request_id();
  log(LogLevel::debug, "submission: %s", answer->error.message.c_str());
  auto settled = attempt.settle(*answer);
  if (!settled.ok()) return settled.as<Tried>();
  if (*settled) {
    run.first_poll = answer->retry_after;
    return Tried{.next = Next::entry, .entry = std::move(**settled)};
  }
  if (answer->verdict == Submission::Verdict::refused) return nothing_submitted(answer->error);
  return Tried{.error = answer->error, .retry_after = answer->retry_after};
}

}  // namespace

Result<std::optional<Entry>> submit(RunContext& run, const std::optional<Entry>& given_up,
                                    [[maybe_unused]] const StoreLock& lock) {
  using Submitted = std::optional<Entry>;
  if (auto api = run.connect(); !api.ok()) return api.as<Submitted>();
  if (auto room = check_room(run); !room.ok()) return room.as<Submitted>();
  const Purchase wanted(run.journal, intent_of(run), given_up, run.spec().max_daily_seconds);
  if (auto fits = wanted.check_cap(); !fits.ok()) return fits.as<Submitted>();
  for (unsigned failures = 1;; ++failures) {
    auto tried = try_once(run, given_up);
    if (!tried.ok()) return tried.as<Submitted>();
    if (tried->next != Next::again) return std::move(tried->entry);
    if (failures >= kSubmissionAttempts) return nothing_submitted(tried->error);
    const Seconds delay =
        submission_retry_delay(failures, tried->retry_after, random_between(0, 1));
    log(LogLevel::debug, "not taken; submitting again in %.1f s", delay.count());
    run.job.announce([&](JobReport& report) {
      ++report.retries;
      report.status = JobStatus::submitting;
      report.retry = retry_of(tried->error, failures, delay);
    });
    const auto in_time = run.sleep_until_deadline(delay);
    if (!in_time.ok()) return in_time.as<Submitted>();
    if (!*in_time) return late(run, std::move(tried->error));
  }
}

}  // namespace klingtext
