// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/answer_text.h"

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

namespace klingtext::test {
namespace {

using Value = std::string;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

std::uint64_t must_be_number(const Value& text) {
  if (const auto value = number(text)) return *value;
  throw std::invalid_argument("not a number: " + text);
}

std::pair<Value, Value> halves(const Value& text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == Value::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<std::string> pieces(std::string_view text, char separator) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    list.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return list;
}

const std::map<std::string, std::function<Answer(const Value&)>> kSayings = {
    {"normal", [](const Value&) { return Answer::normal(); }},
    {"generation", [](const Value& v) { return Answer::generation(v); }},
    {"json", [](const Value& v) { return Answer::json(v); }},
    {"html", [](const Value& v) { return Answer::body("<html>" + v + "</html>", "text/html"); }},
    {"redirect", [](const Value& v) { return Answer::redirect(v); }},
    {"error",
     [](const Value& v) {
       const auto [name, message] = halves(v, '/');
       return Answer::generation_error(name, message);
     }},
};

const std::map<std::string, std::function<void(Answer&, const Value&)>> kModifiers = {
    {"header",
     [](Answer& a, const Value& v) {
       const auto [name, value] = halves(v, ':');
       a.header(name, value);
     }},
    {"without", [](Answer& a, const Value& v) { a.without(v); }},
    {"lost", [](Answer& a, const Value&) { a.lost(); }},
    {"lost-reset", [](Answer& a, const Value&) { a.lost_reset(); }},
    {"close-unread", [](Answer& a, const Value&) { a.close_unread(); }},
    {"reset-unread", [](Answer& a, const Value&) { a.reset_unread(); }},
    {"garbage", [](Answer& a, const Value&) { a.garbage(); }},
    {"though-accepted", [](Answer& a, const Value&) { a.though_accepted(); }},
    {"not-accepted", [](Answer& a, const Value&) { a.not_accepted(); }},
    {"hold", [](Answer& a, const Value&) { a.hold(); }},
    {"hold-after", [](Answer& a, const Value& v) { a.hold_after(must_be_number(v)); }},
    {"throttle", [](Answer& a, const Value& v) { a.throttle(must_be_number(v)); }},
    {"drip", [](Answer& a, const Value& v) { a.drip(must_be_number(v)); }},
    {"chunked", [](Answer& a, const Value&) { a.chunked(); }},
    {"without-length", [](Answer& a, const Value&) { a.without_length(); }},
    {"content-length", [](Answer& a, const Value& v) { a.content_length(must_be_number(v)); }},
    {"cut-after", [](Answer& a, const Value& v) { a.cut_after(must_be_number(v)); }},
    {"reset-after", [](Answer& a, const Value& v) { a.reset_after(must_be_number(v)); }},
    {"gzip", [](Answer& a, const Value&) { a.gzip(); }},
    {"ignoring-range", [](Answer& a, const Value&) { a.ignoring_range(); }},
    {"content-range", [](Answer& a, const Value& v) { a.content_range(v); }},
    {"total", [](Answer& a, const Value& v) { a.total(must_be_number(v)); }},
    {"etag", [](Answer& a, const Value& v) { a.etag(v); }},
};

void modify(Answer& answer, const std::string& word) {
  const auto [name, value] = halves(word, '=');
  const auto found = kModifiers.find(name);
  if (found == kModifiers.end()) throw std::invalid_argument("no such answer: " + word);
  found->second(answer, value);
}

}  // namespace

Answer answer_from_text(std::string_view text) {
  Answer answer;
  bool first = true;
  for (const std::string& word : pieces(text, '+')) {
    const auto [name, value] = halves(word, '=');
    const auto saying = kSayings.find(name);
    if (first && number(word)) {
      answer = Answer::status(static_cast<unsigned>(*number(word)));
    } else if (first && saying != kSayings.end()) {
      answer = saying->second(value);
    } else {
      modify(answer, word);
    }
    first = false;
  }
  if (first) throw std::invalid_argument("an empty answer");
  return answer;
}

std::vector<Answer> answers_from_text(std::string_view list) {
  std::vector<Answer> answers;
  for (const std::string& item : pieces(list, ',')) {
    const auto [times, text] = halves(item, '*');
    const auto repeated = number(times);
    const bool repeats = repeated && !text.empty();
    answers.insert(answers.end(), repeats ? *repeated : 1, answer_from_text(repeats ? text : item));
  }
  return answers;
}

}  // namespace klingtext::test
