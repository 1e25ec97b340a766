// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/entry_files.h"

#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kKey = 64;     // hex digits
constexpr std::size_t kSuffix = 16;  // hex digits
constexpr const char* kEnding = ".json";

}  // namespace

std::string first_file(const std::string& key) {
  return key + kEnding;
}

std::string next_file(const std::string& key, const std::string& client_request_id) {
  std::string suffix = client_request_id.size() >= kSuffix
                           ? client_request_id.substr(client_request_id.size() - kSuffix)
                           : std::string();
  const bool hex = suffix.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (suffix.empty() || !hex) suffix = sha256_hex(client_request_id).substr(0, kSuffix);
  return key + '.' + suffix + kEnding;
}

std::string key_in(const std::string& file) {
  const bool first = file.size() == kKey + 5;
  const bool later = file.size() == kKey + 1 + kSuffix + 5 && file[kKey] == '.';
  if ((!first && !later) || !file.ends_with(kEnding)) return {};
  const std::string key = file.substr(0, kKey);
  return key.find_first_not_of("0123456789abcdef") == std::string::npos ? key : std::string();
}

Error damaged_entry(const StoreFiles& files, const std::string& file, const std::string& key) {
  return Error{
      .kind = ErrorKind::store,
      .message = "The journal entry " + files.path_of(file) +
                 " cannot be read, and it may stand for a paid generation, so this request "
                 "is not submitted. Restore the file from a backup; if there is none, "
                 "klingtext-journal forget --force " +
                 key.substr(0, 16) + " gives the generation up, and the next run pays again."};
}

Error newer_entry(const StoreFiles& files, const std::string& file) {
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + files.path_of(file) +
                          " was written by a newer version of klingtextsrc, so this request is not "
                          "submitted. Update klingtextsrc."};
}

Error changed_meanwhile(const StoreFiles& files, const Entry& seen) {
  return Error{.kind = ErrorKind::store,
               .message = "The journal entry " + files.path_of(seen.file) +
                          " was changed by another process. Run this again.",
               .generation_id = seen.generation_id,
               .client_request_id = seen.client_request_id};
}

}  // namespace klingtext
