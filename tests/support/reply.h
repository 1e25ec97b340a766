// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/answer.h"
#include "support/received_request.h"

namespace klingtext::test {

// An answer worked out: what to put on the wire, before pacing and cutting.
struct Reply {
  unsigned code = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // without those that frame the body
  std::string body;

  void set_header(const std::string& name, const std::string& value);
  void drop_header(const std::string& name);
};

// The clip a service serves, with the validator it has right now.
struct ServedClip {
  std::shared_ptr<const std::string> bytes;
  std::string etag;
};

// A clip as a well-behaved CDN answers for it (Range, If-Range, ETag, 416), bent by the plan.
Reply clip_reply(const ServedClip& clip, const ReceivedRequest& request, const Answer::Plan& plan);

// The plan's own headers, and its gzip; last, so that they win.
void bend(Reply& reply, const Answer::Plan& plan);

}  // namespace klingtext::test
