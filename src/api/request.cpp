// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/request.h"

#include <glib.h>

#include <cmath>
#include <cstdlib>

#include "api/json_text.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr const char* kKeyVersion = "klingtext-request-1";

Error bad_setting(std::string message) {
  return Error{.kind = ErrorKind::settings, .message = std::move(message)};
}

bool is_utf8(const std::string& text) {
  return g_utf8_validate_len(text.data(), text.size(), nullptr) != FALSE;
}

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(g_utf8_strlen(utf8.data(), static_cast<gssize>(utf8.size())));
}

Outcome validate_prompt(const Request& request) {
  if (request.prompt.empty() && !request.extra.contains("prompt")) {
    return bad_setting("There is no prompt. Set prompt=\"…\" to say what the video should show.");
  }
  if (!is_utf8(request.prompt) || !is_utf8(request.negative_prompt.value_or(""))) {
    return bad_setting("The prompt is not valid UTF-8. Give prompt and negative-prompt as UTF-8.");
  }
  const std::size_t length = characters(request.prompt);
  if (length > kMaxPromptCharacters) {
    return bad_setting("The prompt has " + std::to_string(length) +
                       " characters, the service takes at most 2500. Shorten it.");
  }
  return Done{};
}

}  // namespace

Outcome validate(const Request& request) {
  if (auto prompt = validate_prompt(request); !prompt.ok()) return prompt;
  if (request.model.empty() || !is_utf8(request.model)) {
    return bad_setting("The model is empty. Leave model unset, or name a model of the service.");
  }
  if (request.model == kDefaultModel && !request.extra.contains("duration") &&
      request.duration != 5 && request.duration != 10) {
    return bad_setting("This model makes videos of 5 or 10 seconds, not " +
                       std::to_string(request.duration) + ". Set duration=5 or duration=10.");
  }
  if (request.duration < 1 || request.duration > 60) {
    return bad_setting("The duration must be 1 to 60 seconds. Set duration accordingly.");
  }
  const auto& ratio = request.aspect_ratio;
  if (ratio && *ratio != "16:9" && *ratio != "9:16" && *ratio != "1:1") {
    return bad_setting("The aspect ratio must be 16:9, 9:16 or 1:1. Set aspect-ratio accordingly.");
  }
  if (request.cfg_scale &&
      !(std::isfinite(*request.cfg_scale) && *request.cfg_scale >= 0 && *request.cfg_scale <= 1)) {
    return bad_setting("The cfg-scale must be from 0 to 1. Set it accordingly, or -1 to leave it.");
  }
  if (request.take < 1) return bad_setting("Takes are counted from 1. Set take=1 or higher.");
  return Done{};
}

std::map<std::string, std::string> sent_members(const Request& request) {
  std::map<std::string, std::string> members{
      {"model", json_string(request.model)},
      {"prompt", json_string(request.prompt)},
      {"duration", json_integer(request.duration)},
      {"generate_audio", json_boolean(request.generate_audio)},
  };
  if (request.negative_prompt) members["negative_prompt"] = json_string(*request.negative_prompt);
  if (request.aspect_ratio) members["aspect_ratio"] = json_string(*request.aspect_ratio);
  if (request.cfg_scale) members["cfg_scale"] = json_number(*request.cfg_scale);
  for (const auto& [name, text] : request.extra) members[name] = text;
  return members;
}

std::string request_body(const Request& request) {
  std::string body = "{";
  for (const auto& [name, text] : sent_members(request)) {
    if (body.size() > 1) body += ',';
    body += json_string(name) + ':' + text;
  }
  return body + '}';
}

unsigned seconds_of_video(const Request& request) {
  const auto replaced = request.extra.find("duration");
  if (replaced != request.extra.end()) {
    // A number, or a string of digits: the two spellings the service is known to take.
    const char* text = replaced->second.c_str();
    const double seconds = g_ascii_strtod(*text == '"' ? text + 1 : text, nullptr);
    if (seconds >= 1 && seconds <= 3600) return static_cast<unsigned>(std::ceil(seconds));
  }
  return static_cast<unsigned>(request.duration);
}

std::string request_key(const Request& request, const std::string& service) {
  return sha256_hex(std::string(kKeyVersion) + '\n' + service + '\n' + request_body(request) +
                    '\n' + std::to_string(request.take) + '\n');
}

}  // namespace klingtext
