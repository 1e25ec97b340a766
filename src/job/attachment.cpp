// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/attachment.h"

#include "base/log.h"
#include "base/text.h"
#include "job/submission.h"

namespace klingtext {
namespace {

constexpr Seconds kClaimInterval{0.05};  // between looks at a lock another process holds

bool has_generation(const Entry& entry) {
  return entry.state == EntryState::accepted || entry.state == EntryState::completed ||
         (entry.state == EntryState::error && !entry.generation_id.empty());
}

bool is_given_up(const RunContext& run, const Entry& entry) {
  const bool may_be = entry.state == EntryState::intent || entry.state == EntryState::unknown ||
                      entry.state == EntryState::error;
  return may_be && !run.spec().resubmit.empty() && run.spec().resubmit == entry.client_request_id;
}

// Waits for the key's lock without blocking in the kernel; nothing more than to look at the
// journal again may be concluded from having waited.
Result<std::optional<StoreLock>> claim(RunContext& run) {
  auto lock = run.journal.try_claim(run.job.request_key());
  if (!lock.ok() || *lock) return lock;
  run.job.update([](JobReport& report) { report.status = JobStatus::submitting; });
  if (run.sleep(kClaimInterval) == Waited::stopped) return Stopped{};
  return std::optional<StoreLock>();
}

Result<Entry> attach_to_request(RunContext& run) {
  while (true) {
    auto entry = run.journal.find(run.job.request_key());
    if (!entry.ok()) return entry.as<Entry>();
    const bool given_up = *entry && is_given_up(run, **entry);
    if (*entry && !given_up && has_generation(**entry)) return **entry;

    // Before the lock, so that a missing key is told without touching the store.
    if (!*entry || given_up) {
      if (auto api = run.connect(); !api.ok()) return api.as<Entry>();
    }
    auto lock = claim(run);
    if (!lock.ok()) return lock.as<Entry>();
    if (!*lock) continue;
    // Whoever held the lock before may have changed the entry.
    auto now = run.journal.find(run.job.request_key());
    if (!now.ok()) return now.as<Entry>();
    if (*now && !is_given_up(run, **now)) {
      if (has_generation(**now)) return **now;
      return unknown_outcome(**now);
    }
    return submit(run, *now, std::move(**lock));
  }
}

Error other_generation(const Entry& entry) {
  return Error{.kind = ErrorKind::settings,
               .message = "The journal knows this request as generation " + entry.generation_id +
                          ", not as the generation-id that is set. Unset one of the two.",
               .generation_id = entry.generation_id};
}

// An id the journal does not know: from another machine, or found in the account's log.
Result<Entry> adopt(RunContext& run) {
  auto lock = claim(run);
  while (lock.ok() && !*lock) lock = claim(run);
  if (!lock.ok()) return lock.as<Entry>();
  auto known = run.journal.find(run.job.request_key());
  if (!known.ok()) return known.as<Entry>();
  if (*known && has_generation(**known)) {
    if ((*known)->generation_id != run.spec().generation_id) return other_generation(**known);
    return **known;
  }
  Entry entry = *known ? **known : Entry{};
  entry.key = run.job.request_key();
  entry.service = run.spec().service_name;
  entry.generation_id = run.spec().generation_id;
  entry.state = EntryState::accepted;
  entry.error = {};
  if (!*known && run.spec().asked == JobSpec::Asked::request) {
    entry.request = request_body(run.spec().request);
    entry.take = run.spec().request.take;
  }
  // Noted when the service knows it: a mistyped id must not stand for this request for ever.
  return entry;
}

Result<Entry> attach_to_generation(RunContext& run) {
  auto known = run.journal.find_generation(run.spec().service_name, run.spec().generation_id);
  if (!known.ok()) return known.as<Entry>();
  if (!*known) return adopt(run);
  const bool same_request = (*known)->key == run.job.request_key();
  if (run.spec().asked == JobSpec::Asked::request && !same_request) {
    return Error{.kind = ErrorKind::settings,
                 .message = "Generation " + run.spec().generation_id +
                            " was made from another request (\"" +
                            one_line(request_member(**known, "prompt"), 40) +
                            "\"). Unset the request properties, or set them to that request's.",
                 .generation_id = run.spec().generation_id};
  }
  return **known;
}

}  // namespace

Error failed_generation(const Entry& entry) {
  const ServiceError& said = entry.error;
  const std::string words = said.name.empty() ? said.message : said.name + ": " + said.message;
  std::string next = "Change the prompt, or set take=" + std::to_string(entry.take + 1);
  if (!entry.client_request_id.empty()) next += " or resubmit=" + entry.client_request_id;
  return Error{.kind = ErrorKind::failed,
               .message = "The service could not make this video (" +
                          (words.empty() ? "it gave no reason" : words) + "). " + next +
                          " to try again; failed generations are not billed.",
               .generation_id = entry.generation_id,
               .client_request_id = entry.client_request_id,
               .api_error_name = said.name,
               .api_error_message = said.message};
}

Result<Entry> attach_or_submit(RunContext& run) {
  return run.spec().generation_id.empty() ? attach_to_request(run) : attach_to_generation(run);
}

}  // namespace klingtext
