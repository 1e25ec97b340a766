// SPDX-License-Identifier: LGPL-2.1-or-later
// What an HTTP outcome means to a person: one kind, one sentence, what to do next.
#pragma once

#include "api/http.h"
#include "base/error.h"

namespace klingtext {

enum class Doing { submitting, polling };

Error error_of_status(const HttpReply& reply, Doing doing);
Error error_of_failure(const HttpFailure& failure, Doing doing);
Error unreadable_reply(const HttpReply& reply, const std::string& why);

}  // namespace klingtext
