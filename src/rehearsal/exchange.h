// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <string>

#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

// One HTTP request and the reply it is given. Lives on the stack of SoupServer's callback and
// thread; the message is the server's.
class Exchange {
 public:
  Exchange(SoupServerMessage* message, std::string path);

  SoupServerMessage* message() const { return message_; }
  const std::string& path() const { return path_; }
  std::string method() const;
  std::string request_header(const char* name) const;  // empty when there is none
  void set_header(const char* name, const std::string& value) const;

  void reply_json(unsigned status, JsonNode* body) const;
  // The envelope of the service's errors, application/problem+json.
  void reply_problem(unsigned status, const char* name, const std::string& text) const;

 private:
  void reply_text(unsigned status, const char* type, JsonNode* body) const;

  SoupServerMessage* message_;
  std::string path_;
  std::string request_id_;
};

}  // namespace klingtext::rehearsal
