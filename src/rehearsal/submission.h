// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of POST /video/generations, held to the documented schema.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace klingtext::rehearsal {

// What is to be generated, with the documented defaults filled in.
struct Shot {
  std::string model;
  std::string prompt;
  std::optional<std::string> negative_prompt;
  std::optional<std::string> aspect_ratio;
  int seconds = 5;
  std::optional<double> cfg_scale;
  bool audio = true;
};

struct Submission {
  Shot shot;
  std::string members;  // canonical JSON of exactly what was sent, unknown members included
};

// Refused with http_status 400 and a message that names every field at fault. `duration` may also
// be "5" or "10": the documented schema says integer, the documented example sends a string.
Result<Submission> read_submission(std::string_view body);

}  // namespace klingtext::rehearsal
