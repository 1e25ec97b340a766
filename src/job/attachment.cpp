// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/attachment.h"

#include "base/log.h"
#include "base/text.h"
#include "base/unix_time.h"
#include "job/recovery.h"
#include "job/submission.h"
#include "store/standing.h"

namespace klingtext {
namespace {

constexpr Seconds kLockInterval{0.05};   // between tries for a lock that another process holds
constexpr Seconds kIntentInterval{0.5};  // between reads of another host's intent

Outcome wait_for_other(RunContext& run, Seconds interval) {
  const auto in_time = run.sleep_until_deadline(interval);
  if (!in_time.ok()) return in_time.as<Done>();
  if (*in_time) return Done{};
  const std::string who = run.job.report().waiting_for;
  return not_submitted_in_time(run, (who.empty() ? "another process" : who) + " is submitting it");
}

// An entry that was adopted from the account does not know its request: it is noted once a run asks
// for that request.
Entry learn_request(RunContext& run, Entry entry) {
  if (!entry.request.empty() || run.spec().asked != JobSpec::Asked::request) return entry;
  const Entry seen = entry;
  auto learnt = change_entry(run.journal, seen, [&](Entry& now) {
    if (!now.request.empty()) return;
    now.request = request_body(run.spec().request);
    now.take = run.spec().request.take;
    now.seconds = seconds_of_video(run.spec().request);
  });
  if (learnt.ok()) {
    // Its length was not known when it was adopted.
    if (auto counted = run.journal.count(*learnt); counted.failed()) {
      log(LogLevel::warning, "%s", counted.error().message.c_str());
    }
    return std::move(*learnt);
  }
  log(LogLevel::warning, "%s", learnt.error().message.c_str());
  return entry;
}

Result<Entry> attach_to_request(RunContext& run) {
  std::optional<std::string> looked_up;  // a client request id
  while (true) {
    auto entry = run.journal.find(run.job.request_key());
    if (!entry.ok()) return entry.as<Entry>();
    const bool given_up = *entry && is_given_up(**entry, run.spec().resubmit);
    if (*entry && !given_up && has_generation(**entry)) {
      return learn_request(run, std::move(**entry));
    }

    // Before the lock, so that a missing key is reported without touching the store.
    if (!*entry || given_up) {
      if (auto api = run.connect(); !api.ok()) return api.as<Entry>();
    }
    auto lock = run.try_lock();
    if (!lock.ok()) return lock.as<Entry>();
    Seconds interval = kLockInterval;
    std::optional<Entry> lost;  // its outcome is unknown
    if (*lock == nullptr) {
      run.job.update([](JobReport& report) { report.status = JobStatus::submitting; });
    } else {
      // The previous owner of the lock may have changed the entry.
      auto now = run.journal.find(run.job.request_key());
      if (!now.ok()) return now.as<Entry>();
      const auto standing = standing_of(run.journal, *now, run.spec().resubmit, unix_now());
      if (!standing.ok()) return standing.as<Entry>();
      switch (*standing) {
        case Standing::has_id:
          return **now;
        case Standing::unknown:
          lost = std::move(*now);
          break;
        case Standing::in_progress:
          interval = kIntentInterval;
          break;
        case Standing::free: {
          if (!*now && looked_up) return forgotten_entry(*looked_up);
          auto submitted = submit(run, *now, *lock);
          if (!submitted.ok()) return submitted.as<Entry>();
          if (*submitted && has_generation(**submitted)) return std::move(**submitted);
          lost = std::move(*submitted);
        }
      }
    }
    lock = StoreLock();  // not held while waiting
    if (lost) {
      looked_up = lost->client_request_id;
      auto recovered = recover_outcome(run, *lost, run.lost_status);
      if (!recovered.ok()) return recovered.as<Entry>();
      if (*recovered && has_generation(**recovered)) return std::move(**recovered);
      continue;
    }
    if (auto waited = wait_for_other(run, interval); !waited.ok()) return waited.as<Entry>();
  }
}

Error other_generation(const Entry& entry) {
  return Error{.kind = ErrorKind::settings,
               .message = "The journal knows this request as generation " + entry.generation_id +
                          ", not as the generation-id that is set. Unset one of the two.",
               .generation_id = entry.generation_id};
}

// An id that the journal does not know: from another machine, or found in the account's log.
Result<Entry> adopt(RunContext& run) {
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
  // Written when the service knows it: a mistyped id must not stand for this request for ever.
  run.adopting = true;
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

// One try to write the adopted id; nothing while another process holds the lock.
Result<std::optional<Entry>> try_to_note(RunContext& run, const Entry& entry) {
  const auto lock = run.try_lock();
  if (!lock.ok()) return lock.as<std::optional<Entry>>();
  if (*lock == nullptr) return std::optional<Entry>();
  if (entry.file.empty()) {
    auto created = run.journal.create(entry, std::nullopt);
    if (!created.ok() || *created) return created;
  }
  const auto now = run.journal.find(entry.key);
  if (!now.ok()) return now.as<std::optional<Entry>>();
  if (!*now) return std::optional<Entry>();
  const auto standing = standing_of(run.journal, *now, "", unix_now());
  if (!standing.ok()) return standing.as<std::optional<Entry>>();
  if (*standing == Standing::in_progress) return std::optional<Entry>();
  if (has_generation(**now)) {
    if ((*now)->generation_id == entry.generation_id) return *now;
    return other_generation(**now);
  }
  auto changed = run.journal.change(**now, [&](Entry& known) {
    known.state = EntryState::accepted;
    known.generation_id = entry.generation_id;
    known.error = {};
  });
  if (!changed.ok()) return changed.as<std::optional<Entry>>();
  return std::optional(std::move(*changed));
}

}  // namespace

Outcome note_adoption(RunContext& run, Entry& entry) {
  while (run.adopting) {
    auto noted = try_to_note(run, entry);
    if (!noted.ok()) return noted.as<Done>();
    if (!*noted) {
      if (auto waited = wait_for_other(run, kLockInterval); !waited.ok()) return waited;
      continue;
    }
    entry = std::move(**noted);
    run.adopting = false;
  }
  return Done{};
}

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
