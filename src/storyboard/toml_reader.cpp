// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/toml_reader.h"

#include <cmath>

namespace klingtext {

Error complaint_at(const toml::node& node, const std::string& what) {
  const auto& place = node.source().begin;
  return Error{.kind = ErrorKind::settings,
               .message = "line " + std::to_string(place.line) + ": " + what};
}

bool set_text(const toml::node& value, std::string& target) {
  const auto text = value.value_exact<std::string>();
  if (!text || text->empty() || text->find('\0') != std::string::npos) return false;
  target = *text;
  return true;
}

bool set_boolean(const toml::node& value, bool& target) {
  const auto boolean = value.value_exact<bool>();
  if (boolean) target = *boolean;
  return boolean.has_value();
}

bool set_number(const toml::node& value, double low, double high, double& target) {
  if (!value.is_number()) return false;
  const double number = value.value<double>().value_or(std::nan(""));
  if (!(number >= low && number <= high)) return false;
  target = number;
  return true;
}

bool set_integer(const toml::node& value, std::int64_t low, std::int64_t high,
                 const std::function<void(std::int64_t)>& set) {
  const auto integer = value.value_exact<std::int64_t>();
  if (!integer || *integer < low || *integer > high) return false;
  set(*integer);
  return true;
}

}  // namespace klingtext
