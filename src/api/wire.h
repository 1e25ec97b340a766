// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's words as our values. Total: any bytes in, an answer or a reason out. Reads more
// spellings than the document has (see each function), because all of them were seen.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace klingtext {

enum class ServiceStatus { queued, generating, completed, error, unknown };

struct Cost {
  std::optional<double> credits_used;
  std::optional<double> usd_spent;
};

struct ServiceError {
  std::string name;
  std::string message;
};

struct GenerationReply {
  std::string id;  // empty when the reply has none
  ServiceStatus status = ServiceStatus::unknown;
  std::string status_text;  // as the service spelled it, one line
  std::string clip_url;     // empty when there is none (yet)
  ServiceError error;
  Cost cost;
};

struct Unreadable {
  std::string why;
};

// A reply to a submission or a poll with a 2xx status.
Result<GenerationReply, Unreadable> parse_generation(std::string_view body);

// The error in a reply with another status, in either envelope, or the first line of what is no
// JSON at all. Empty strings where nothing is said.
ServiceError parse_http_error(std::string_view body);

// An amount as a header says it. Nothing when it is no plausible number.
std::optional<double> parse_amount(std::string_view text);

// `queued` and its relatives; the words are compared without regard to case.
ServiceStatus parse_status(std::string_view word);

}  // namespace klingtext
