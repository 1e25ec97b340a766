// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP/1.1 by hand, so that a test sends exactly the bytes it says and sees exactly what comes.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace klingtext::testing {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
};

// Sends `bytes`, which may hold several requests, and reads until the other side closes.
std::string exchange_bytes(const std::string& base_url, const std::string& bytes);

// Sends `bytes`, waits for the first bytes of the reply, and closes a connection that may go on.
void leave_after_one_reply(const std::string& base_url, const std::string& bytes);

HttpReply parse_reply(const std::string& bytes);

// One request on a connection of its own. Adds Host, unless given, Content-Length and Connection.
HttpReply send_request(const std::string& base_url, const std::string& method,
                       const std::string& target, std::vector<std::string> headers = {},
                       const std::string& body = {});

}  // namespace klingtext::testing
