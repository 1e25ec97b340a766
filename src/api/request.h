// SPDX-License-Identifier: LGPL-2.1-or-later
// What to make: the request as the documented schema knows it, and its identity.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"

namespace klingtext {

inline constexpr const char* kDefaultModel = "klingai/video-v2-6-pro-text-to-video";
inline constexpr std::size_t kMaxPromptCharacters = 2500;  // documented; code points
// With the layout that is easiest to read, such a body fits into a journal entry many times.
inline constexpr std::size_t kMaxBody = 64 << 10;  // bytes

struct Request {
  std::string model = kDefaultModel;
  std::string prompt;
  std::optional<std::string> negative_prompt;
  std::optional<std::string> aspect_ratio;  // as the service spells it: "16:9"
  int duration = 5;                         // seconds
  std::optional<double> cfg_scale;          // 0..1
  bool generate_audio = true;               // always sent: the service's default doubles the price
  unsigned take = 1;                        // never sent; one more variation of the same request
  std::string slate;  // what a rehearsal writes on its slate beside the take; not sent in the body
  // Further members by name, each already JSON text. One named like a member above replaces it.
  std::map<std::string, std::string> extra;
};

// Refuses a prompt or negative prompt, called `name`, that is longer than the service takes.
Outcome check_length(const std::string& utf8, const std::string& name);

// White space alone, by Unicode's White_Space property, or nothing at all. The text is valid UTF-8.
bool is_blank(const std::string& utf8);

// Refuses, with a settings error, a request that must not be sent: a value out of its range, or a
// body that the journal could not return byte for byte.
Outcome validate(const Request& request);

// Exactly the members that are sent, sorted, and as the text that is sent.
std::map<std::string, std::string> sent_members(const Request& request);
std::string request_body(const Request& request);

// Seconds of video that a valid request buys, an extra member named duration included.
unsigned seconds_of_video(const Request& request);

// SHA-256 hex over a version word, the service (its normalised URL, or "rehearsal"), the body, the
// take and, where it is set, the slate. Frozen: what was paid for is found again by it.
std::string request_key(const Request& request, const std::string& service);

}  // namespace klingtext
