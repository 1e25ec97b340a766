// SPDX-License-Identifier: LGPL-2.1-or-later
// A process that ends normally gives answers to submissions in flight a moment to arrive, so that
// their ids reach the journal.
#pragma once

namespace klingtext {

// Held from before a submission leaves until its outcome is in the journal.
class SubmissionInFlight {
 public:
  SubmissionInFlight();
  ~SubmissionInFlight();
  SubmissionInFlight(const SubmissionInFlight&) = delete;
  SubmissionInFlight& operator=(const SubmissionInFlight&) = delete;
};

}  // namespace klingtext
