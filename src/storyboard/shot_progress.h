// SPDX-License-Identifier: LGPL-2.1-or-later
// Where one shot stands, for whoever shows it.
#pragma once

#include <optional>
#include <string>

#include "job/job_report.h"

namespace klingtext {

struct ShotProgress {
  enum class Status { waiting, submitting, queued, generating, fetching, done, failed };

  unsigned number = 1;
  std::string prompt;
  Status status = Status::waiting;
  JobReport report;
  std::optional<Error> error;  // of a failed one

  // Taken from the store, without waiting for anything.
  bool was_there() const {
    return status == Status::done && report.origin == Origin::reused && report.polls == 0;
  }
};

const char* name_of(ShotProgress::Status status);

// Until it is probably done, seconds; less than 0 when it takes longer than usual. Nothing where
// nobody knows.
std::optional<Seconds> time_left(const ShotProgress& shot);

}  // namespace klingtext
