// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/api_body.h"

#include <array>
#include <cstdio>

namespace klingtext::test {
namespace {

struct Problem {
  unsigned code;
  const char* name;
  const char* message;
};

constexpr std::array kProblems = {
    Problem{400, "BadRequest", "Invalid request body"},
    Problem{401, "Unauthorized", "Invalid API key"},
    Problem{403, "Forbidden", "You've run out of credits"},
    Problem{404, "NotFound", "Generation not found"},
    Problem{422, "UnprocessableEntity", "Invalid parameter"},
    Problem{429, "TooManyRequests", "Rate limit exceeded"},
    Problem{500, "InternalServerError", "Something went wrong"},
    Problem{502, "BadGateway", "Bad gateway"},
    Problem{503, "ServiceUnavailable", "Service unavailable"},
    Problem{504, "GatewayTimeout", "Gateway timeout"},
};

Problem problem_for(unsigned code) {
  for (const Problem& each : kProblems) {
    if (each.code == code) return each;
  }
  return {code, "Error", "An error"};
}

std::string number(double value) {
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%.0f", value);
  return text.data();
}

}  // namespace

std::string json_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned char>(c));
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string generation_body(const GenerationBody& parts) {
  std::string body =
      "{\"id\":" + json_quoted(parts.id) + ",\"status\":" + json_quoted(parts.status);
  if (!parts.video_url.empty()) {
    body += ",\"video\":{\"url\":" + json_quoted(parts.video_url) + "}";
  }
  if (!parts.error_name.empty() || !parts.error_message.empty()) {
    body += ",\"error\":{\"name\":" + json_quoted(parts.error_name) +
            ",\"message\":" + json_quoted(parts.error_message) + "}";
  }
  if (parts.credits_used) {
    body += ",\"meta\":{\"usage\":{\"credits_used\":" + number(*parts.credits_used) + "}}";
  }
  return body + "}";
}

std::string problem_body(unsigned code) {
  const Problem problem = problem_for(code);
  return "{\"title\":" + json_quoted(problem.name) + ",\"status\":" + std::to_string(code) +
         ",\"message\":" + json_quoted(problem.message) +
         ",\"instance\":\"/v2/video/generations\",\"requestId\":\"scripted-request\""
         ",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"error\":{\"name\":" +
         json_quoted(problem.name) + ",\"message\":" + json_quoted(problem.message) + "}}";
}

}  // namespace klingtext::test
