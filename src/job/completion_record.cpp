// SPDX-License-Identifier: LGPL-2.1-or-later
// What the last answer about a generation says, in the journal.
#include <system_error>

#include "base/log.h"
#include "base/unix_time.h"
#include "job/attachment.h"
#include "job/clip_link.h"
#include "job/completion.h"
#include "store/history.h"

namespace klingtext {

Result<Completion::Recorded> Completion::record() {
  if (answer_) {
    if (auto noted = note_adoption(run_, entry_); !noted.ok()) return noted.as<Recorded>();
    note_cost(answer_->cost);  // the entry may be as it was in the journal
  }
  if (error_) return *error_;
  if (answer_->status == ServiceStatus::error) return record_failure();
  if (answer_->status == ServiceStatus::completed && !answer_->clip_url.empty()) {
    return record_completion();
  }
  return Recorded();
}

// A generation that was seen completed stays so: it is billed.
Error Completion::record_failure() {
  run_.finish_noting();
  const auto noted = run_.change(entry_, [&](Entry& entry) {
    if (entry.state == EntryState::completed) return;
    entry.state = EntryState::error;
    entry.error = answer_->error;
  });
  if (noted.failed()) log(LogLevel::warning, "%s", noted.error().message.c_str());
  if (entry_.state == EntryState::completed) return gone();
  entry_.state = EntryState::error;
  entry_.error = answer_->error;
  return failed_generation(entry_);
}

Error Completion::gone() const {
  const ServiceError& said = answer_->error;
  return Error{.kind = ErrorKind::not_found,
               .message = "Generation " + entry_.generation_id +
                          " was completed and paid, and the service does not give its video any "
                          "more" +
                          (said.message.empty() ? "" : " (" + said.message + ")") +
                          ". Ask the service's support for it, or set another take to generate "
                          "it anew.",
               .generation_id = entry_.generation_id,
               .client_request_id = entry_.client_request_id,
               .api_error_name = said.name,
               .api_error_message = said.message};
}

Completion::Recorded Completion::record_completion() {
  std::optional<double> took;
  if (entry_.state != EntryState::completed) {
    entry_.state = EntryState::completed;
    entry_.completed = unix_now();
    if (saw_it_run_ && entry_.submitted > 0) {
      took = static_cast<double>(entry_.completed - entry_.submitted);
    }
  }
  note_in_background(took);
  announce(JobStatus::completed);
  return clip_link(run_.api->service().url.text + "/video/generations", answer_->clip_url);
}

// A process that is killed before it is on the disk asks the service once more.
void Completion::note_in_background(std::optional<double> took) {
  run_.finish_noting();
  const auto note = [store = run_.store, journal = run_.journal, entry = entry_, took,
                     log_owner = LogOwner::current()] {
    const LogOwner owner(log_owner);
    const auto noted = change_entry(journal, entry, [&](Entry& now) {
      now.state = EntryState::completed;
      if (now.completed == 0) now.completed = entry.completed;
      now.cost = entry.cost;
    });
    if (noted.failed()) log(LogLevel::warning, "%s", noted.error().message.c_str());
    if (took) remember_generation_time(*store, history_kind(entry), *took);
  };
  try {
    run_.noting = std::async(std::launch::async, note);
  } catch (const std::system_error&) {  // no thread
    note();
  }
}

}  // namespace klingtext
