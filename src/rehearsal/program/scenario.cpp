// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/scenario.h"

#include "base/glib_ptr.h"

namespace klingtext::rehearsal {

namespace {

using KeyFilePtr = GlibPtr<GKeyFile, g_key_file_unref>;
using StringsPtr = GlibPtr<char*, g_strfreev>;

constexpr const char* kItself = "scenario";

Error unreadable(const std::string& where, const std::string& what) {
  return {.kind = ErrorKind::settings, .message = where + ": " + what};
}

std::string value_of(GKeyFile* file, const char* group, const char* key) {
  const GCharPtr value(g_key_file_get_string(file, group, key, nullptr));
  return value == nullptr ? std::string() : value.get();
}

// The same words as on the command line.
Result<Fault> read_fault(GKeyFile* file, const char* group) {
  std::string text = value_of(file, group, "fail");
  const StringsPtr keys(g_key_file_get_keys(file, group, nullptr, nullptr));
  for (char** key = keys.get(); key != nullptr && *key != nullptr; ++key) {
    if (std::string_view(*key) == "fail") continue;
    text += std::string(",") + *key + '=' + value_of(file, group, *key);
  }
  return parse_fault(text);
}

}  // namespace

Result<Scenario> read_scenario(const std::string& path) {
  const KeyFilePtr file(g_key_file_new());
  GErrorPtr error;
  if (!g_key_file_load_from_file(file.get(), path.c_str(), G_KEY_FILE_NONE, ErrorOut(error))) {
    return unreadable(path, error->message);
  }
  Scenario scenario;
  scenario.seed = value_of(file.get(), kItself, "seed");
  const StringsPtr groups(g_key_file_get_groups(file.get(), nullptr));
  for (char** group = groups.get(); *group != nullptr; ++group) {
    if (std::string_view(*group) == kItself) continue;
    auto fault = read_fault(file.get(), *group);
    if (!fault) return unreadable(path + " [" + *group + ']', fault.error().message);
    scenario.faults.push_back(*std::move(fault));
  }
  return scenario;
}

}  // namespace klingtext::rehearsal
