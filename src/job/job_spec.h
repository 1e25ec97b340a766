// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything a job needs to know, taken once from whoever asks for the clip.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "api/api_client.h"
#include "api/poll_schedule.h"
#include "api/request.h"
#include "store/daily_cap.h"

namespace klingtext {

struct JobSpec {
  Request request;
  // Whether any request property was set; only a generation-id may come without.
  enum class Asked { request, generation_only };
  Asked asked = Asked::request;
  std::string generation_id;  // follow this one instead of submitting; empty: none
  std::string resubmit;       // client-request-id of the submission to give up; empty: none

  std::string service_name;  // what the request key knows the service by
  // The way to the service, a key included. Called on the job's thread, when and if the service is
  // needed: a finished clip needs neither key nor network.
  // What should be said without being an error goes to `warn`.
  using Warn = std::function<void(std::string)>;
  std::function<Result<Service>(const Warn& warn)> connect;

  std::uint64_t log_owner = 0;  // whose the job's log lines are; see base/log.h

  std::string store_path;
  std::uint64_t store_size = 0;  // bytes; 0 keeps all
  DailyCap max_daily_seconds;

  Pace pace = Pace::service;
  Seconds poll_interval{};       // 0: planned
  Seconds generation_timeout{};  // 0: none
  std::uint64_t max_clip_size = 0;
  Seconds refusal_span = kRefusalSpan;  // shorter in tests
};

}  // namespace klingtext
