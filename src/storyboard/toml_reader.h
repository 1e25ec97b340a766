// SPDX-License-Identifier: LGPL-2.1-or-later
// Strict reading of a TOML table: a key that is not known is refused, because a slip of the pen
// would buy another video. Every complaint says where.
#pragma once

#include <functional>
#include <span>
#include <string>

#include <toml++/toml.h>

#include "base/result.h"

namespace klingtext {

Error complaint_at(const toml::node& node, const std::string& what);

template <typename Target>
struct TomlKey {
  const char* name;
  const char* takes;  // for the complaint: "duration must be …"
  bool (*set)(const toml::node& value, Target& target);
};

template <typename Target>
Outcome read_table(const toml::table& table, std::span<const TomlKey<Target>> keys,
                   const std::string& where, Target& target) {
  for (const auto& [name, value] : table) {
    const TomlKey<Target>* known = nullptr;
    for (const auto& key : keys) {
      if (name == key.name) known = &key;
    }
    if (known == nullptr) {
      std::string said = where + " has no key \"";
      said.append(name.str()).append("\". It knows ");
      for (const auto& key : keys) said.append(&key == keys.data() ? "" : ", ").append(key.name);
      return complaint_at(value, said + ".");
    }
    if (!known->set(value, target)) {
      return complaint_at(value, std::string(known->name) + " must be " + known->takes + ".");
    }
  }
  return Done{};
}

// False, and nothing set, when the value is of another kind.
bool set_text(const toml::node& value, std::string& target);
bool set_boolean(const toml::node& value, bool& target);
bool set_number(const toml::node& value, double low, double high, double& target);
bool set_integer(const toml::node& value, std::int64_t low, std::int64_t high,
                 const std::function<void(std::int64_t)>& set);

}  // namespace klingtext
