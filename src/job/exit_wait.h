// SPDX-License-Identifier: LGPL-2.1-or-later
// What a normal exit of the process waits for, up to 3 s: answers to submissions that were sent, so
// that their ids reach the journal, and downloads of paid clips. A submission that was not sent by
// then never is. A forked child waits for nothing: the threads are its parent's.
#pragma once

#include <optional>

namespace klingtext {

// Held from before a submission is reserved until its outcome is in the journal.
class SubmissionScope {
 public:
  // Nothing when the process is ending.
  static std::optional<SubmissionScope> enter();
  SubmissionScope(SubmissionScope&& other) noexcept;
  SubmissionScope& operator=(SubmissionScope&&) = delete;
  ~SubmissionScope();

  // False when the process is ending: then nothing may be sent.
  bool start_sending();

 private:
  SubmissionScope() = default;
  bool entered_ = true;
  bool sending_ = false;
};

// Held while a paid clip is downloaded.
class DownloadScope {
 public:
  DownloadScope();
  ~DownloadScope();
  DownloadScope(const DownloadScope&) = delete;
  DownloadScope& operator=(const DownloadScope&) = delete;
};

}  // namespace klingtext
