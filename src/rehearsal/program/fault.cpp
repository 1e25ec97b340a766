// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/fault.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace klingtext::rehearsal {

namespace {

using Kind = Fault::Kind;
using On = Fault::On;

constexpr unsigned kMaxMilliseconds = 600'000;
constexpr unsigned kMaxSeconds = 3600;
constexpr unsigned kMaxCount = 1'000'000'000;
constexpr unsigned kNotModified = 304;

Error unreadable(const std::string& message) {
  return {.kind = ErrorKind::settings, .message = message};
}

// A decimal number of at most `most`.
std::optional<std::uint64_t> number(const std::string& text, std::uint64_t most) {
  guint64 value = 0;
  if (!g_ascii_string_to_unsigned(text.c_str(), 10, 0, most, &value, nullptr)) return std::nullopt;
  return value;
}

bool set_unsigned(unsigned& into, const std::string& text, unsigned most) {
  const auto value = number(text, most);
  if (value) into = static_cast<unsigned>(*value);
  return value.has_value();
}

bool set_on(Fault& fault, const std::string& text) {
  for (const On on : {On::submit, On::poll, On::clip, On::log, On::any}) {
    if (text != on_name(on)) continue;
    fault.on = on;
    return true;
  }
  return false;
}

bool set_chance(Fault& fault, const std::string& text) {
  char* end = nullptr;
  const double value = g_ascii_strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value > 0 && value <= 1)) return false;
  fault.chance = value;
  return true;
}

bool set_retry_after(Fault& fault, Fault::RetryAfter form, const std::string& text) {
  fault.retry_after = form;
  return set_unsigned(fault.retry_after_seconds, text, kMaxSeconds);
}

bool set_at(Fault& fault, const std::string& text) {
  fault.at = number(text, kMaxCount);
  return fault.at.has_value();
}

bool set_accepted(Fault& fault, const std::string& text) {
  fault.accepted = text == "yes" ? Fault::Accepted::yes : Fault::Accepted::no;
  return text == "yes" || text == "no";
}

bool set_envelope(Fault& fault, const std::string& text) {
  const auto envelope = envelope_named(text);
  if (envelope) fault.envelope = *envelope;
  return envelope.has_value();
}

struct Option {
  const char* values;
  bool (*set)(Fault&, const std::string&);
};

const std::map<std::string, Option>& options() {
  static const std::map<std::string, Option> all{
      {"on", {"submit, poll, clip, log or any", set_on}},
      {"times",
       {"a number, 0 for always",
        [](Fault& f, const std::string& t) { return set_unsigned(f.times, t, kMaxCount); }}},
      {"after",
       {"a number",
        [](Fault& f, const std::string& t) { return set_unsigned(f.after, t, kMaxCount); }}},
      {"chance", {"a number over 0, at most 1", set_chance}},
      {"delay",
       {"milliseconds, at most 600000",
        [](Fault& f, const std::string& t) { return set_unsigned(f.delay, t, kMaxMilliseconds); }}},
      {"seconds",
       {"seconds, at most 3600",
        [](Fault& f, const std::string& t) { return set_unsigned(f.seconds, t, kMaxSeconds); }}},
      {"rate",
       {"bytes per second, at least 1",
        [](Fault& f, const std::string& t) {
          return set_unsigned(f.rate, t, kMaxCount) && f.rate > 0;
        }}},
      {"at", {"a number of bytes", set_at}},
      {"retry-after",
       {"seconds, at most 3600",
        [](Fault& f, const std::string& t) {
          return set_retry_after(f, Fault::RetryAfter::seconds, t);
        }}},
      {"retry-after-date",
       {"seconds from now, at most 3600",
        [](Fault& f, const std::string& t) {
          return set_retry_after(f, Fault::RetryAfter::date, t);
        }}},
      {"accepted", {"yes or no", set_accepted}},
      {"envelope", {"problem, legacy, errors or code", set_envelope}},
  };
  return all;
}

// What the options of this kind are when nothing is said about them.
void set_defaults(Fault& fault) {
  if (fault.kind == Kind::refused) fault.seconds = 3;
  if (fault.kind == Kind::row_late) fault.seconds = 10;
  if (fault.kind == Kind::latency) fault.delay = 1000;
  if (fault.kind == Kind::slow_loris) fault.rate = 10;
  if (fault.kind == Kind::throttle) fault.rate = 100'000;
}

std::optional<Fault> fault_named(const std::string& name) {
  Fault fault;
  if (set_unsigned(fault.status, name, 504)) {
    if (fault.status < 400 && fault.status != kNotModified) return std::nullopt;
    fault.on = fault.status == kNotModified ? On::poll : On::submit;
    return fault;
  }
  for (const FaultName& known : fault_names()) {
    if (name != known.name) continue;
    fault.kind = known.kind;
    fault.on = known.on;
    set_defaults(fault);
    return fault;
  }
  return std::nullopt;
}

std::vector<std::string> pieces(std::string_view text, char separator) {
  std::vector<std::string> all;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    all.push_back(trimmed(text.substr(0, end)));
    if (end == text.size()) return all;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

const std::vector<FaultName>& fault_names() {
  static const std::vector<FaultName> all{
      {"refused", Kind::refused, On::any, "at once: connections are refused for some seconds"},
      {"400", Kind::status, On::submit, "the body was refused"},
      {"401", Kind::status, On::submit, "the key was refused"},
      {"403", Kind::status, On::submit, "forbidden, or out of credits"},
      {"404", Kind::status, On::submit, "not known"},
      {"422", Kind::status, On::submit, "refused by the partner"},
      {"429", Kind::status, On::submit, "too many at once"},
      {"500", Kind::status, On::submit, "something went wrong"},
      {"502", Kind::status, On::submit, "a bad gateway"},
      {"503", Kind::status, On::submit, "unavailable"},
      {"504", Kind::status, On::submit, "a gateway that has waited too long"},
      {"lost-answer", Kind::lost_answer, On::submit, "accepted, then the connection ends"},
      {"id-in-data", Kind::id_in_data, On::submit, "accepted, with the id in data.task_id"},
      {"no-id", Kind::no_id, On::submit, "accepted, but the answer has no id"},
      {"304", Kind::status, On::poll, "not modified, without a body"},
      {"hang", Kind::hang, On::poll, "no answer"},
      {"slow-loris", Kind::slow_loris, On::poll, "an answer of a few bytes per second"},
      {"garbage", Kind::garbage, On::poll, "an answer that is not HTTP"},
      {"not-json", Kind::not_json, On::poll, "a web page instead of JSON"},
      {"challenge", Kind::challenge, On::poll, "403 and a web page that asks for a browser"},
      {"wrong-types", Kind::wrong_types, On::poll, "every member is of another type"},
      {"unknown-status", Kind::unknown_status, On::poll, "a status that nobody has documented"},
      {"no-status", Kind::no_status, On::poll, "an id and nothing else"},
      {"error", Kind::error, On::poll, "ends in error, with name and message"},
      {"error-text", Kind::error_text, On::poll, "ends in error, which is a string"},
      {"error-detail", Kind::error_detail, On::poll, "ends in error, with a list of details"},
      {"error-code", Kind::error_code, On::poll, "ends in error, with a code and a msg"},
      {"expired", Kind::expired, On::poll, "ends as expired, with the reason beside it"},
      {"completed-without-url", Kind::completed_without_url, On::poll, "completed, but no clip"},
      {"completed-with-error", Kind::completed_with_error, On::poll,
       "completed, with an error in place of the clip"},
      {"kling-words", Kind::kling_words, On::poll, "completed, in the words of Kling's own API"},
      {"video-list", Kind::video_list, On::poll, "completed, with the clip in a list"},
      {"relative-url", Kind::relative_url, On::poll, "completed, with a URL without a scheme"},
      {"expired-link", Kind::expired_link, On::poll, "completed, with a link that is over"},
      {"cut-body", Kind::cut_body, On::clip, "the connection ends within the clip"},
      {"changed-file", Kind::changed_file, On::clip, "cut, and then another file"},
      {"no-ranges", Kind::no_ranges, On::clip, "always the whole clip"},
      {"chunked", Kind::chunked, On::clip, "no length of the clip"},
      {"trailing-bytes", Kind::trailing_bytes, On::clip,
       "no length, and bytes behind the clip's last box"},
      {"cut-open-box", Kind::cut_open_box, On::clip,
       "no length, cut within a box that is open to the end"},
      {"false-encoding", Kind::false_encoding, On::clip, "a Content-Encoding that is not true"},
      {"web-page", Kind::web_page, On::clip, "a web page instead of the clip"},
      {"index-at-end", Kind::index_at_end, On::clip, "the clip's index is behind its media"},
      {"fragmented", Kind::fragmented, On::clip, "the clip is a fragmented MP4"},
      {"throttle", Kind::throttle, On::clip, "the clip at so many bytes per second"},
      {"row-missing", Kind::row_missing, On::log, "the account's log has no rows"},
      {"row-failed", Kind::row_failed, On::log, "its rows are failed, cost nothing and have no id"},
      {"row-late", Kind::row_late, On::log, "its rows appear after so many seconds"},
      {"log-paged", Kind::log_paged, On::log, "a page of it has one row"},
      {"latency", Kind::latency, On::any, "the answer comes late"},
  };
  return all;
}

const char* on_name(Fault::On on) {
  switch (on) {
    case On::submit:
      return "submit";
    case On::poll:
      return "poll";
    case On::clip:
      return "clip";
    case On::log:
      return "log";
    case On::any:
      break;
  }
  return "any";
}

bool Fault::acts_on(Call::Kind kind_of_call) const {
  switch (kind_of_call) {
    case Call::Kind::submit:
      return on == On::submit || on == On::any;
    case Call::Kind::poll:
      return on == On::poll || on == On::any;
    case Call::Kind::clip:
      return on == On::clip || on == On::any;
    case Call::Kind::log:
      return on == On::log || on == On::any;
    case Call::Kind::other:
      break;
  }
  return false;
}

std::string Fault::name() const {
  if (kind == Kind::status) return std::to_string(status);
  const auto& names = fault_names();
  return std::find_if(names.begin(), names.end(),
                      [this](const FaultName& known) { return known.kind == kind; })
      ->name;
}

Outcome set_fault_option(Fault& fault, const std::string& name, const std::string& value) {
  const auto option = options().find(name);
  if (option == options().end()) {
    std::string known;
    for (const auto& [key, ignored] : options()) known += (known.empty() ? "" : ", ") + key;
    return unreadable("A failure has no option " + one_line(name, 40) + "; it may have " + known +
                      '.');
  }
  if (option->second.set(fault, value)) return Done{};
  return unreadable("A failure's " + name + " is " + option->second.values + ", not " +
                    one_line(value, 40) + '.');
}

Result<Fault> parse_fault(std::string_view text) {
  const std::vector<std::string> words = pieces(text, ',');
  auto fault = fault_named(words.front());
  if (!fault) {
    std::string known;
    for (const FaultName& name : fault_names())
      known += (known.empty() ? "" : ", ") + std::string(name.name);
    return unreadable("There is no failure " + one_line(words.front(), 40) + "; there are " +
                      known + '.');
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = std::min(words[i].find('='), words[i].size());
    const std::string value = equals == words[i].size() ? "" : words[i].substr(equals + 1);
    auto set = set_fault_option(*fault, trimmed(words[i].substr(0, equals)), trimmed(value));
    if (!set) return set.as<Fault>();
  }
  fault->text = trimmed(text);
  return *std::move(fault);
}

Result<std::vector<Fault>> parse_faults(std::string_view text) {
  std::vector<Fault> faults;
  for (const std::string& piece : pieces(text, ';')) {
    if (piece.empty()) continue;
    auto fault = parse_fault(piece);
    if (!fault) return fault.as<std::vector<Fault>>();
    faults.push_back(*std::move(fault));
  }
  return faults;
}

}  // namespace klingtext::rehearsal
