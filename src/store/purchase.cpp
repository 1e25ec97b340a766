// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/purchase.h"

#include "base/log.h"
#include "base/process_id.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

Error over_cap(unsigned seconds, const Spending& spent, DailyCap cap) {
  const char* origin = cap.origin == DailyCap::Origin::uri
                           ? "This is the cap of an element that a klingtext: URI configured. "
                           : "";
  return Error{
      .kind = ErrorKind::settings,
      .message = "This would buy " + std::to_string(seconds) + " s of video, and " +
                 std::to_string(spent.seconds) + " s of the " + std::to_string(cap.seconds) +
                 " s allowed per day are spent. Nothing was submitted. " + origin +
                 "The next day begins at " + utc_text(spent.day_ends, "%F %R UTC") +
                 "; set max-daily-seconds (or KLINGTEXT_MAX_DAILY_SECONDS) to allow more."};
}

}  // namespace

Purchase::Purchase(const Journal& journal, Entry intent, std::optional<Entry> given_up,
                   DailyCap cap)
    : journal_(journal), entry_(std::move(intent)), given_up_(std::move(given_up)), cap_(cap) {
  entry_.state = EntryState::intent;
  entry_.sending = Sending::pending;
  entry_.submitter = process_id();
  if (!given_up_) return;
  const bool may_be_billed = given_up_->state != EntryState::error;
  entry_.given_up = given_up_->given_up;
  entry_.given_up.push_back(
      {given_up_->client_request_id, given_up_->submitted, may_be_billed ? given_up_->seconds : 0});
}

Outcome Purchase::reserve() {
  if (given_up_ && given_up_->state == EntryState::error) {
    // Once more: the process that recorded the failure may have ended before it rolled it back.
    const LedgerLine failed = ledger_line_of(*given_up_);
    if (auto rolled = journal_.ledger().roll_back(failed); !rolled.ok()) return rolled;
  }
  auto created = journal_.create(entry_, given_up_);
  if (!created.ok()) return created.as<Done>();
  if (!*created) return Stopped{};
  entry_ = **created;
  auto allowed = check_given_up();
  if (allowed.ok()) allowed = count();
  if (!allowed.ok()) {
    if (const auto withdrawn = withdraw(); withdrawn.failed()) {
      log(LogLevel::warning, "%s", withdrawn.error().message.c_str());
    }
  }
  return allowed;
}

// The outcome that is given up can become known while this purchase waits for its turn. Looked at
// when the right to submit is taken, so that one of the two sees the other.
Outcome Purchase::check_given_up() const {
  if (!given_up_) return Done{};
  const auto unchanged = journal_.is_unchanged(*given_up_);
  if (!unchanged.ok()) return unchanged.as<Done>();
  return *unchanged ? Outcome(Done{}) : Outcome(Stopped{});
}

bool Purchase::is_capped() const {
  return cap_.seconds > 0 && entry_.service != "rehearsal";
}

Outcome Purchase::check_cap() const {
  if (!is_capped()) return Done{};
  const LedgerLine line = ledger_line_of(entry_);
  const auto complete = journal_.ledger().is_complete(line.day());
  if (!complete.ok()) return complete.as<Done>();
  if (!*complete) {
    if (auto completed = journal_.complete_ledger(); !completed.ok()) return completed;
  }
  for (const bool reconciled : {false, true}) {
    const auto lines = journal_.ledger().read_since(line.day());
    if (!lines.ok()) return lines.as<Done>();
    const Spending spent = spending_of(*lines, line.time);
    if (spent.seconds + std::uint64_t{entry_.seconds} <= cap_.seconds) return Done{};
    if (reconciled) return over_cap(entry_.seconds, spent, cap_);
    // Before it says no: a process that was killed may have left something counted.
    if (auto done = journal_.reconcile_ledger(line.day()); !done.ok()) return done;
  }
  return Done{};
}

Outcome Purchase::count() {
  if (entry_.service == "rehearsal") return Done{};
  if (auto fits = check_cap(); !fits.ok()) return fits;
  const auto added = journal_.ledger().add(ledger_line_of(entry_), cap_.seconds);
  if (!added.ok()) return added.as<Done>();
  if (!added->added) return over_cap(entry_.seconds, added->before, cap_);
  return Done{};
}

Outcome Purchase::start_sending() {
  entry_.sending = Sending::started;  // also when the write fails: it may have reached the file
  auto marked = journal_.set_sending(entry_, Sending::started);
  if (!marked.ok()) return marked.as<Done>();
  entry_ = std::move(*marked);
  return Done{};
}

Outcome Purchase::withdraw() {
  if (entry_.sending == Sending::started) {
    auto marked = journal_.set_sending(entry_, Sending::pending);
    if (!marked.ok()) return marked.as<Done>();
    entry_ = std::move(*marked);
  }
  return journal_.withdraw(entry_);
}

Result<Entry> Purchase::accept(const GenerationReply& reply) {
  return journal_.change(entry_, [&](Entry& entry) {
    entry.state = EntryState::accepted;
    entry.generation_id = reply.id;
    entry.cost = reply.cost;
  });
}

Result<Entry> Purchase::lose(const ServiceError& why, const std::string& inference_id) {
  return journal_.change(entry_, [&](Entry& entry) {
    entry.state = EntryState::unknown;
    entry.error = why;
    entry.inference_id = inference_id;
  });
}

}  // namespace klingtext
