// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/answer.h"

#include "support/api_body.h"

namespace klingtext::test {

Answer Answer::status(unsigned code) {
  return code < 300 ? json("{}", code) : body(problem_body(code), "application/problem+json", code);
}

Answer Answer::json(std::string text, unsigned code) {
  return body(std::move(text), "application/json; charset=utf-8", code);
}

Answer Answer::body(std::string bytes, std::string content_type, unsigned code) {
  Answer answer;
  answer.plan_.says = Says::fixed;
  answer.plan_.code = code;
  answer.plan_.body = std::move(bytes);
  answer.plan_.content_type = std::move(content_type);
  return answer;
}

Answer Answer::redirect(std::string location, unsigned code) {
  return body("", "text/plain", code).header("Location", std::move(location));
}

Answer Answer::generation(std::string status) {
  Answer answer;
  answer.plan_.says = Says::generation;
  answer.plan_.generation_status = std::move(status);
  return answer;
}

Answer Answer::generation_error(std::string name, std::string message) {
  Answer answer = generation("error");
  answer.plan_.error_name = std::move(name);
  answer.plan_.error_message = std::move(message);
  return answer;
}

Answer& Answer::header(std::string name, std::string value) {
  plan_.headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

Answer& Answer::without(std::string name) {
  plan_.without.push_back(std::move(name));
  return *this;
}

Answer& Answer::close_unread() {
  plan_.instead = Instead::close_unread;
  return *this;
}

Answer& Answer::reset_unread() {
  plan_.instead = Instead::reset_unread;
  return *this;
}

Answer& Answer::lost() {
  plan_.instead = Instead::close;
  return *this;
}

Answer& Answer::lost_reset() {
  plan_.instead = Instead::reset;
  return *this;
}

Answer& Answer::garbage() {
  plan_.instead = Instead::garbage;
  return *this;
}

Answer& Answer::though_accepted() {
  plan_.acceptance = Acceptance::accepted;
  return *this;
}

Answer& Answer::not_accepted() {
  plan_.acceptance = Acceptance::refused;
  return *this;
}

Answer& Answer::hold() {
  return hold(nullptr);
}

Answer& Answer::hold(std::shared_ptr<Gate> gate) {
  plan_.holds.push_back({std::nullopt, std::move(gate)});
  return *this;
}

Answer& Answer::hold_after(std::uint64_t body_bytes) {
  return hold_after(body_bytes, nullptr);
}

Answer& Answer::hold_after(std::uint64_t body_bytes, std::shared_ptr<Gate> gate) {
  plan_.holds.push_back({body_bytes, std::move(gate)});
  return *this;
}

Answer& Answer::throttle(std::uint64_t bytes_per_second) {
  plan_.throttle = bytes_per_second;
  return *this;
}

Answer& Answer::drip(std::uint64_t bytes_per_second) {
  plan_.drip = bytes_per_second;
  return *this;
}

Answer& Answer::chunked() {
  plan_.framing = Framing::chunked;
  return *this;
}

Answer& Answer::without_length() {
  plan_.framing = Framing::until_close;
  return *this;
}

Answer& Answer::content_length(std::uint64_t pretended) {
  plan_.content_length = pretended;
  return *this;
}

Answer& Answer::cut_after(std::uint64_t body_bytes) {
  plan_.cut_after = body_bytes;
  plan_.cut = Cut::fin;
  return *this;
}

Answer& Answer::reset_after(std::uint64_t body_bytes) {
  plan_.cut_after = body_bytes;
  plan_.cut = Cut::rst;
  return *this;
}

Answer& Answer::gzip() {
  plan_.encoding = Encoding::gzip;
  return *this;
}

Answer& Answer::ignoring_range() {
  plan_.range = Range::ignored;
  return *this;
}

Answer& Answer::content_range(std::string text) {
  plan_.content_range = std::move(text);
  return *this;
}

Answer& Answer::total(std::uint64_t pretended) {
  plan_.total = pretended;
  return *this;
}

Answer& Answer::etag(std::string text) {
  plan_.etag = std::move(text);
  return *this;
}

}  // namespace klingtext::test
