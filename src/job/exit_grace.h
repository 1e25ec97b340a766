// SPDX-License-Identifier: LGPL-2.1-or-later
// A process that ends normally waits a moment for what would be a pity to cut off: the answers to
// submissions in flight, so that their ids reach the journal, and the last touch to clips that are
// whole, so that they need not be asked for again.
#pragma once

#include <functional>

namespace klingtext {

// Held from before a submission leaves until its outcome is in the journal.
class SubmissionInFlight {
 public:
  SubmissionInFlight();
  ~SubmissionInFlight();
  SubmissionInFlight(const SubmissionInFlight&) = delete;
  SubmissionInFlight& operator=(const SubmissionInFlight&) = delete;
};

// Held from before the first byte of a clip arrives until it has its name. Only waited for when it
// `is_whole`: a reader may take the last byte and leave at once.
class ClipInTheMaking {
 public:
  explicit ClipInTheMaking(std::function<bool()> is_whole);
  ~ClipInTheMaking();
  ClipInTheMaking(const ClipInTheMaking&) = delete;
  ClipInTheMaking& operator=(const ClipInTheMaking&) = delete;

 private:
  std::function<bool()> is_whole_;
};

}  // namespace klingtext
