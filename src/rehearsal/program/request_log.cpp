// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/request_log.h"

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::size_t kMaxText = 200;  // characters

}  // namespace

const char* kind_name(Call::Kind kind) {
  switch (kind) {
    case Call::Kind::submit:
      return "submit";
    case Call::Kind::poll:
      return "poll";
    case Call::Kind::clip:
      return "clip";
    case Call::Kind::log:
      return "log";
    case Call::Kind::other:
      break;
  }
  return "other";
}

void RequestLog::add(const Exchange& exchange, const Call& call) {
  const unsigned status = call.answered ? soup_server_message_get_status(exchange.message()) : 0;
  lines_.push_back(
      {.number = ++count_,
       .time = g_get_real_time() / 1000,
       .kind = call.kind,
       .method = one_line(exchange.method(), kMaxText),
       .path = one_line(exchange.path(), kMaxText),
       .generation = one_line(call.generation, kMaxText),
       .client_request_id = one_line(exchange.request_header("X-Client-Request-Id"), kMaxText),
       .status = status,
       .fault = call.fault});
  if (lines_.size() > kMost) lines_.pop_front();
  ++counters_.requests[kind_name(call.kind)];
  ++counters_.statuses[std::to_string(status)];
  if (!call.fault.empty()) ++counters_.faults[call.fault];
  if (call.kind == Call::Kind::submit && !call.generation.empty()) ++counters_.accepted;
}

}  // namespace klingtext::rehearsal
