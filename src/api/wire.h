// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's words as our values. Total: any bytes in, an answer or a reason out. Reads more
// spellings than the document has, because all of them were seen: at this service, at those it
// resells, and at its kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/service_error.h"
#include "base/result.h"

namespace klingtext {

enum class ServiceStatus { queued, generating, completed, error, unknown };

struct Cost {
  std::optional<double> credits_used;
  std::optional<double> usd_spent;
};

struct GenerationReply {
  std::string id;  // empty when the reply has none
  ServiceStatus status = ServiceStatus::unknown;
  std::string status_text;  // as the service spelled it, one line
  std::string clip_url;     // empty when there is none (yet); may be relative to the request's URL
  ServiceError error;
  Cost cost;
};

// `why` names what came instead, or quotes its first 200 characters.
struct Unreadable {
  std::string why;
};

// A reply to a submission or a poll with a 2xx status.
Result<GenerationReply, Unreadable> parse_generation(std::string_view body);

// The same where an id is needed: an answer without one is unreadable.
Result<GenerationReply, Unreadable> parse_accepted(std::string_view body);

// Whether the text can be shown, stored and sent back as an id: one plain line.
bool is_usable_id(const std::string& id);

// An amount as a header says it. Nothing when it is no plausible number.
std::optional<double> parse_amount(std::string_view text);

// `queued` and its relatives, without regard to case and to what separates words.
ServiceStatus parse_status(std::string_view word);

}  // namespace klingtext
