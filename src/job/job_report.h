// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a job stands, as one value that can be copied out and shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/retry_policy.h"
#include "api/wire.h"

namespace klingtext {

enum class JobStatus { idle, submitting, queued, generating, completed, failed };
enum class Origin { submitted, reused };

struct JobReport {
  // A submission or poll that failed and is repeated.
  struct Retry {
    enum class Of { request, look_up };  // look_up: in the account's log, which lists it late
    std::string reason;
    unsigned attempt = 0;  // the one that failed, from 1
    std::chrono::steady_clock::time_point next;
    Of of = Of::request;
  };

  JobStatus status = JobStatus::idle;
  Origin origin = Origin::submitted;  // whether this job bought the generation or found it
  std::string request_key;
  std::string generation_id;
  std::string client_request_id;
  std::string clip_path;  // where the whole clip is or will be
  std::string prompt;     // also of a generation that was asked for by id
  std::string model;
  std::int64_t submitted = 0;  // unix seconds
  unsigned seconds = 0;        // of video
  Cost cost;
  std::optional<Retry> retry;  // until an answer comes
  Seconds estimate{};          // of the whole generation
  std::chrono::steady_clock::time_point
      begun;  // of this job, or of the submission if that is known
  Seconds queued_time{};
  Seconds generating_time{};
  Seconds download_time{};
  unsigned submissions = 0;
  unsigned polls = 0;
  unsigned retries = 0;
  std::uint64_t bytes = 0;            // received from the service's storage by this job
  std::vector<std::string> warnings;  // in the order they came; none is removed
  // Another process submits the same request; empty: nothing is waited for, or not for long.
  std::string waiting_for;
};

inline JobReport::Retry retry_of(const Error& error, unsigned attempt, Seconds delay) {
  const auto until_next = std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay);
  return {error.message, attempt, std::chrono::steady_clock::now() + until_next};
}

}  // namespace klingtext
