// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/request.h"

#include <glib.h>

#include <cmath>

#include "api/json_reader.h"
#include "api/json_text.h"
#include "api/json_writer.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr const char* kKeyVersion = "klingtext-request-1";
constexpr double kMostSeconds = 3600;  // of video

Error bad_setting(std::string message) {
  return Error{.kind = ErrorKind::settings, .message = std::move(message)};
}

bool is_utf8(const std::string& text) {
  return g_utf8_validate_len(text.data(), text.size(), nullptr) != FALSE;
}

Outcome validate_texts(const Request& request) {
  if (!is_utf8(request.prompt) || !is_utf8(request.negative_prompt.value_or(""))) {
    return bad_setting("The prompt is not valid UTF-8. Give prompt and negative-prompt as UTF-8.");
  }
  if (request.model.empty() || !is_utf8(request.model)) {
    return bad_setting("The model is empty. Leave model unset, or name a model of the service.");
  }
  if (is_blank(request.prompt) && !request.extra.contains("prompt")) {
    return bad_setting(
        request.prompt.empty()
            ? "There is no prompt. Set prompt=\"…\" to say what the video should show."
            : "The prompt is only white space. Set prompt=\"…\" to say what the video "
              "should show.");
  }
  if (request.extra.contains("negative_prompt")) return Done{};
  return check_length(request.negative_prompt.value_or(""), "negative-prompt");
}

Outcome validate_values(const Request& request) {
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

// A number, or a text of digits: the two spellings the service is known to take.
std::optional<unsigned> seconds_in(const std::string& json) {
  const bool quoted = json.size() > 2 && json.front() == '"' && json.back() == '"';
  const std::string text = quoted ? json.substr(1, json.size() - 2) : json;
  char* end = nullptr;
  const double seconds = g_ascii_strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(seconds >= 1 && seconds <= kMostSeconds))
    return std::nullopt;
  return static_cast<unsigned>(std::ceil(seconds));
}

Outcome validate_duration(const Request& request, const std::string& model) {
  const auto replaced = request.extra.find("duration");
  if (replaced != request.extra.end()) {
    if (seconds_in(replaced->second)) return Done{};
    return bad_setting(
        "The duration in extra-params must be 1 to 3600 seconds, as a number or a text of digits. "
        "Set it accordingly.");
  }
  if (model == kDefaultModel && request.duration != 5 && request.duration != 10) {
    return bad_setting("This model makes videos of 5 or 10 seconds, not " +
                       std::to_string(request.duration) + ". Set duration=5 or duration=10.");
  }
  if (request.duration < 1 || request.duration > 60) {
    return bad_setting("The duration must be 1 to 60 seconds. Set duration accordingly.");
  }
  return Done{};
}

// What is sent, extra members included, as the journal reads it.
Outcome validate_body(const Request& request) {
  const std::string body = request_body(request);
  if (body.size() > kMaxBody) {
    return bad_setting("The request has " + std::to_string(body.size()) +
                       " bytes, at most 65536 can be sent. Shorten extra-params.");
  }
  const JsonNodePtr read = read_json_object(body);
  if (read == nullptr || write_json(read.get(), JsonLayout::compact) != body) {
    return bad_setting(
        "The request has a value that the journal cannot keep as it is sent: thousands of "
        "brackets, or "
        "a whole number that is not given as an integer. Change prompt or extra-params.");
  }
  JsonObject* members = json_node_get_object(read.get());
  const auto prompt = string_member(members, "prompt");
  if (!prompt || is_blank(*prompt)) {
    return bad_setting("The prompt in extra-params must be a text that is not only white space.");
  }
  if (auto fits = check_length(*prompt, "prompt"); !fits.ok()) return fits;
  const std::string negative = string_member(members, "negative_prompt").value_or("");
  if (auto fits = check_length(negative, "negative-prompt"); !fits.ok()) return fits;
  return validate_duration(request, string_member(members, "model").value_or(""));
}

}  // namespace

Outcome check_length(const std::string& utf8, const std::string& name) {
  const auto length = g_utf8_strlen(utf8.data(), static_cast<gssize>(utf8.size()));
  if (length <= static_cast<glong>(kMaxPromptCharacters)) return Done{};
  return bad_setting("The " + name + " has " + std::to_string(length) +
                     " characters, the service takes at most 2500. Shorten it.");
}

bool is_blank(const std::string& utf8) {
  const char* const end = utf8.data() + utf8.size();
  for (const char* at = utf8.data(); at < end; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    // GLib's white space lacks the vertical tab and U+0085 NEXT LINE.
    if (g_unichar_isspace(character) == FALSE && character != 0x0b && character != 0x85)
      return false;
  }
  return true;
}

Outcome validate(const Request& request) {
  for (const auto part : {validate_texts, validate_values, validate_body}) {
    if (auto valid = part(request); !valid.ok()) return valid;
  }
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
  const auto seconds =
      replaced == request.extra.end() ? std::nullopt : seconds_in(replaced->second);
  return seconds.value_or(static_cast<unsigned>(request.duration));
}

std::string request_key(const Request& request, const std::string& service) {
  return sha256_hex(std::string(kKeyVersion) + '\n' + service + '\n' + request_body(request) +
                    '\n' + std::to_string(request.take) + '\n' +
                    (request.slate.empty() ? "" : request.slate + '\n'));
}

}  // namespace klingtext
