// SPDX-License-Identifier: LGPL-2.1-or-later
// A text that must not be shown. It has no way out but reveal(), so a search for that word finds
// every place where a key leaves us.
#pragma once

#include <string>
#include <utility>

namespace klingtext {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

}  // namespace klingtext
