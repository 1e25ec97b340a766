// SPDX-License-Identifier: LGPL-2.1-or-later
// The reason in an answer of the service. There is no one shape: text, an object, a list, one in
// the other, and several names for each.
#pragma once

#include <json-glib/json-glib.h>

#include <string>
#include <string_view>

namespace klingtext {

// Each one line; empty where nothing is said.
struct ServiceError {
  std::string name;
  std::string message;
  bool empty() const { return name.empty() && message.empty(); }
};

// "NAME: MESSAGE", or what there is of it.
std::string words_of(const ServiceError& error);

// In the member `error` of a reply about a generation, or of its `data`. What has no known shape is
// given as compact JSON.
ServiceError error_member_of(JsonObject* reply);

// In a reply that has no such member but is known to tell of a failure.
ServiceError reason_in(JsonObject* reply);

// In the body of a reply with an HTTP error, JSON or not.
ServiceError parse_http_error(std::string_view body);

}  // namespace klingtext
