// SPDX-License-Identifier: LGPL-2.1-or-later
// One attempt of a submission, from the connection that is there to the answer's record.
#pragma once

#include <optional>
#include <string>

#include "job/exit_wait.h"
#include "job/run_context.h"
#include "store/purchase.h"

namespace klingtext {

// What would be submitted now, under a client request id of its own.
Entry intent_of(RunContext& run);

// One attempt: at most one POST. It ends in the journal however it ends here.
class Attempt {
 public:
  Attempt(RunContext& run, const std::optional<Entry>& given_up) : run_(run), given_up_(given_up) {}
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // The client request id of what may be sent now. Called when the connection is there; when it
  // returns an id, the submission counts as sent.
  std::optional<std::string> prepare();
  // Why prepare() returned nothing. Done: nothing was in the way but the end of the process.
  const Outcome& prepared() const { return prepared_; }
  bool lost_the_right() const { return lost_the_right_; }
  // Empty when nothing was sent.
  const std::string& client_request_id() const { return client_request_id_; }

  // The answer of the service, in the journal. Nothing: as if nothing had been sent.
  Result<std::optional<Entry>> settle(const Submission& answer);

 private:
  Outcome reserve();
  Result<Entry> note_accepted(const GenerationReply& reply);
  Error note_unknown(Error error);
  void withdraw();

  RunContext& run_;
  const std::optional<Entry>& given_up_;
  std::optional<SubmissionScope> scope_;
  std::optional<Purchase> purchase_;
  Outcome prepared_ = Done{};
  std::string client_request_id_;
  bool lost_the_right_ = false;
  bool entered_ = false;
};

}  // namespace klingtext
