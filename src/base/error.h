// SPDX-License-Identifier: LGPL-2.1-or-later
// What went wrong, in the terms a user can act on.
#pragma once

#include <source_location>
#include <string>

namespace klingtext {

enum class ErrorKind {
  unauthorized,   // no key, a refused key, no credit, another account's generation
  busy,           // the service asks to come back later, and did so until the retries ended
  settings,       // a property, or the request as the service reads it
  not_found,      // the service does not know the generation, or the paid clip is gone
  cannot_submit,  // not submitted, or nobody knows whether it was
  cannot_read,    // the clip cannot be downloaded, or is not a whole MP4
  failed,         // the generation ended in `error`
  no_space,       // the file system is full
  store,          // the store cannot be used
};

// `message` is one sentence or two that say what happened and what to do next. The other members
// repeat, for programs, what is known; they are empty or 0 where it is not.
struct Error {
  ErrorKind kind = ErrorKind::settings;
  std::string message;
  unsigned http_status = 0;
  std::string generation_id;
  std::string client_request_id;
  std::string api_error_name;
  std::string api_error_message;
  // Where the error arose: designated initialisation takes the place where it is written.
  std::source_location where = std::source_location::current();
};

}  // namespace klingtext
