// SPDX-License-Identifier: LGPL-2.1-or-later
// One submission, from the intent to its outcome, as a transaction of journal and ledger. The
// request's lock is held by the caller from before reserve() to the outcome.
//
//   reserve ─► start_sending ─► accept | lose
//      └──────► withdraw ◄─────────┘ refused
//
// start_sending() is the moment of no return. A process that ends before it leaves nothing that
// counts; one that ends after it leaves an unknown outcome.
#pragma once

#include <optional>

#include "store/daily_cap.h"
#include "store/journal.h"

namespace klingtext {

class Purchase {
 public:
  // `intent` says what is submitted. `given_up` is the entry that a resubmission gives up.
  Purchase(const Journal& journal, Entry intent, std::optional<Entry> given_up, DailyCap cap);

  // Whether the cap leaves room now. For an early answer: reserve() decides.
  Outcome check_cap() const;
  // Takes the right to submit and counts the seconds. Stopped: another process has the right, or
  // the outcome that is given up is known now. On an error nothing is left behind.
  Outcome reserve();
  Outcome start_sending();
  // Not sent, or refused by the service: as if it had never been.
  Outcome withdraw();
  // The service accepted it.
  Result<Entry> accept(const GenerationReply& reply);
  // The outcome is unknown, for this reason. The head of the answer may have named an id.
  Result<Entry> lose(const ServiceError& why, const std::string& inference_id);

  const Entry& entry() const { return entry_; }

 private:
  bool is_capped() const;
  Outcome check_given_up() const;
  Outcome count();

  const Journal& journal_;
  Entry entry_;
  const std::optional<Entry> given_up_;
  const DailyCap cap_;
};

}  // namespace klingtext
