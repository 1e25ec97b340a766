// SPDX-License-Identifier: LGPL-2.1-or-later
#include "klingtext_uri.h"

#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::string_view kScheme = "klingtext:";
// A prompt of 2500 characters, each of four bytes and each byte escaped, has 30,000.
constexpr std::size_t kMaxUri = 100000;

Error bad(std::string sentence) {
  return Error{.kind = ErrorKind::settings, .message = std::move(sentence)};
}

Result<std::string> unescaped(std::string_view text, const std::string& what) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (at + 2 >= text.size() || !g_ascii_isxdigit(text[at + 1]) ||
        !g_ascii_isxdigit(text[at + 2])) {
      return bad("The klingtext: URI has a % in its " + what +
                 " that is not followed by two hex digits. Write %25 for a percent sign.");
    }
  }
  const GBytesPtr bytes(
      g_uri_unescape_bytes(text.data(), static_cast<gssize>(text.size()), nullptr, nullptr));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  std::string plain(data == nullptr ? "" : data, size);
  if (plain.find('\0') != std::string::npos) {
    return bad("The klingtext: URI has a NUL in its " + what + ". Leave it out.");
  }
  if (!g_utf8_validate_len(plain.data(), plain.size(), nullptr)) {
    return bad("The klingtext: URI has a " + what + " that is not UTF-8 text. Encode it as UTF-8.");
  }
  return plain;
}

std::string escaped(const std::string& text, const char* also_allowed) {
  const GCharPtr result(g_uri_escape_string(text.c_str(), also_allowed, FALSE));
  return result.get();
}

Error bad_value(const std::string& key, const std::string& takes) {
  return bad("In a klingtext: URI " + key + " must be " + takes + ".");
}

Outcome parse_number(const std::string& text, const std::string& key, unsigned low, unsigned high,
                     const std::function<void(unsigned)>& set) {
  guint64 number = 0;
  if (!g_ascii_string_to_unsigned(text.c_str(), 10, low, high, &number, nullptr)) {
    return bad_value(key,
                     "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  set(static_cast<unsigned>(number));
  return Done{};
}

Outcome parse_boolean(const std::string& text, const std::string& key, bool& target) {
  if (text != "true" && text != "false") return bad_value(key, "true or false");
  target = text == "true";
  return Done{};
}

// The shortest text that reads back the same; without an exponent, which a URI has not.
std::string plain(double number) {
  std::array<char, 400> digits{};
  const auto end =
      std::to_chars(digits.begin(), digits.end(), number, std::chars_format::fixed).ptr;
  return {digits.begin(), end};
}

Outcome set_scale(const std::string& text, const std::string& key, double& target) {
  char* end = nullptr;
  const double scale = g_ascii_strtod(text.c_str(), &end);
  const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
  if (text.empty() || !plain || *end != '\0' || !(scale >= 0 && scale <= 1)) {
    return bad_value(key, "a number from 0 to 1");
  }
  target = scale;
  return Done{};
}

Outcome set_ratio(const std::string& text, const std::string& key, AspectRatio& target) {
  for (const AspectRatio ratio : {AspectRatio::wide, AspectRatio::tall, AspectRatio::square}) {
    if (text == *spelled(ratio)) {
      target = ratio;
      return Done{};
    }
  }
  return bad_value(key, "16:9, 9:16 or 1:1");
}

Outcome parse_text(const std::string& text, const std::string& key, std::string& target) {
  if (text.empty()) return bad_value(key, "a text that is not empty");
  target = text;
  return Done{};
}

Outcome apply(const std::string& key, const std::string& value, Settings& settings) {
  if (key == "negative-prompt") {
    settings.negative_prompt = value;
    return check_length(value, key);
  }
  if (key == "aspect-ratio") return set_ratio(value, key, settings.aspect_ratio);
  if (key == "duration") {
    return parse_number(value, key, 1, 60,
                        [&](unsigned seconds) { settings.duration = static_cast<int>(seconds); });
  }
  if (key == "cfg-scale") return set_scale(value, key, settings.cfg_scale);
  if (key == "generate-audio") return parse_boolean(value, key, settings.generate_audio);
  if (key == "take") {
    return parse_number(value, key, 1, G_MAXUINT, [&](unsigned take) { settings.take = take; });
  }
  if (key == "model") return parse_text(value, key, settings.model);
  if (key == "rehearse") return parse_boolean(value, key, settings.rehearse);
  if (key == "generation-id") return parse_text(value, key, settings.generation_id);
  return bad("A klingtext: URI has no key \"" + one_line(key, 40) +
             "\". It knows negative-prompt, aspect-ratio, duration, cfg-scale, generate-audio, "
             "take, model, rehearse and generation-id.");
}

Outcome apply_query(std::string_view query, Settings& settings) {
  std::set<std::string> seen;
  while (true) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) {
      // Not quoted: it may be a secret that somebody put where none belongs.
      return bad(
          "A klingtext: URI takes key=value after its ?, and here is no =. Write a question mark "
          "in a prompt as %3F.");
    }
    auto key = unescaped(pair.substr(0, equals), "query");
    if (!key.ok()) return key.as<Done>();
    auto value = unescaped(pair.substr(equals + 1), "query");
    if (!value.ok()) return value.as<Done>();
    if (!seen.insert(*key).second) {
      return bad("The klingtext: URI sets " + one_line(*key, 40) + " twice. Set it once.");
    }
    if (auto applied = apply(*key, *value, settings); !applied.ok()) return applied;
    if (end == std::string_view::npos) return Done{};
    query.remove_prefix(end + 1);
  }
}

// gvfs turns klingtext:A into klingtext:///A and klingtext://A into klingtext://A/: a prompt with
// these slashes would be another request.
std::string_view without_added_slashes(std::string_view prompt) {
  for (int added = 0; added < 3 && prompt.starts_with('/'); ++added) prompt.remove_prefix(1);
  if (prompt.ends_with('/')) prompt.remove_suffix(1);
  return prompt;
}

// The settings a URI can set, as if it had not.
void reset_uri_settings(Settings& settings) {
  const Settings defaults;
  settings.model = defaults.model;
  settings.prompt.reset();
  settings.negative_prompt.reset();
  settings.aspect_ratio = defaults.aspect_ratio;
  settings.duration = defaults.duration;
  settings.cfg_scale = defaults.cfg_scale;
  settings.generate_audio = defaults.generate_audio;
  settings.take = defaults.take;
  settings.rehearse = defaults.rehearse;
  settings.generation_id.clear();
}

}  // namespace

Outcome apply_uri(const std::string& uri, Settings& settings) {
  if (uri.size() > kMaxUri) return bad("The klingtext: URI is far too long for a prompt.");
  if (g_ascii_strncasecmp(uri.c_str(), kScheme.data(), kScheme.size()) != 0) {
    return bad("That is not a klingtext: URI.");
  }
  std::string_view rest = std::string_view(uri).substr(kScheme.size());
  if (rest.find('#') != std::string_view::npos) {
    return bad("A klingtext: URI has no fragment. Write a # in a prompt as %23.");
  }
  Settings changed = settings;
  reset_uri_settings(changed);
  const auto question = rest.find('?');
  auto prompt = unescaped(without_added_slashes(rest.substr(0, question)), "prompt");
  if (!prompt.ok()) return prompt.as<Done>();
  if (auto fits = check_length(*prompt, "prompt"); !fits.ok()) return fits;
  if (!prompt->empty()) {
    if (is_blank(*prompt)) return bad("The prompt of the klingtext: URI is only white space.");
    changed.prompt = *prompt;
  }
  if (question != std::string_view::npos) {
    if (auto applied = apply_query(rest.substr(question + 1), changed); !applied.ok()) {
      return applied;
    }
  }
  changed.configured = Configured::by_uri;
  settings = std::move(changed);
  return Done{};
}

std::string uri_of(const Settings& settings) {
  const Settings defaults;
  std::string query;
  const auto add = [&](const char* key, const std::string& value) {
    query += (query.empty() ? "?" : "&") + std::string(key) + '=' + escaped(value, ":/");
  };
  if (settings.negative_prompt) add("negative-prompt", *settings.negative_prompt);
  if (auto ratio = spelled(settings.aspect_ratio)) add("aspect-ratio", *ratio);
  if (settings.duration != defaults.duration) add("duration", std::to_string(settings.duration));
  if (settings.cfg_scale != kUnsetCfgScale) add("cfg-scale", plain(settings.cfg_scale));
  if (!settings.generate_audio) add("generate-audio", "false");
  if (settings.take != defaults.take) add("take", std::to_string(settings.take));
  if (settings.model != defaults.model) add("model", settings.model);
  if (settings.rehearse) add("rehearse", "true");
  if (!settings.generation_id.empty()) add("generation-id", settings.generation_id);
  return std::string(kScheme) + escaped(settings.prompt.value_or(""), nullptr) + query;
}

}  // namespace klingtext
