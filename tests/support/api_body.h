// SPDX-License-Identifier: LGPL-2.1-or-later
// The JSON bodies of the documented API, written by hand so that the client's reader is never
// tested against the client's own writer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace klingtext::test {

std::string json_quoted(std::string_view text);

struct GenerationBody {
  std::string id;
  std::string status;
  std::string video_url;  // empty: none
  std::string error_name;
  std::string error_message;
  std::optional<double> credits_used;
};
std::string generation_body(const GenerationBody& parts);

// What the service sends with an HTTP error.
std::string problem_body(unsigned code);

}  // namespace klingtext::test
