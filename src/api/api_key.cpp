// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/api_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/glib_ptr.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxFile = 4096;  // bytes

using Warn = std::function<void(std::string)>;

Error bad_file(const ApiKeySource& source, const std::string& why) {
  return Error{.kind = ErrorKind::settings,
               .message = "The " + source.file_option + " " + source.file + " " + why +
                          ". Set it to a readable file that holds just the key."};
}

Result<Secret> key_from_file(const ApiKeySource& source, const Warn& warn) {
  const std::string& path = source.file;
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return bad_file(source, std::string("cannot be read (") + g_strerror(errno) + ")");
  struct stat info {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return bad_file(source, "is no regular file");
  }
  if (static_cast<std::size_t>(info.st_size) > kMaxFile) return bad_file(source, "is too large");
  std::array<char, kMaxFile> bytes{};
  const ssize_t got = read(file.get(), bytes.data(), bytes.size());
  if (got < 0) return bad_file(source, std::string("cannot be read (") + g_strerror(errno) + ")");
  if ((info.st_mode & S_IROTH) != 0) {
    warn("The " + source.file_option + " " + path +
         " can be read by every user. Run chmod 600 on it.");
  }
  Secret key(trimmed({bytes.data(), static_cast<std::size_t>(got)}));
  if (key.empty()) return bad_file(source, "is empty");
  return key;
}

// What a header can carry: a line break would let a key add headers of its own.
bool fits_a_header(const Secret& key) {
  return std::all_of(key.reveal().begin(), key.reveal().end(),
                     [](char character) { return g_ascii_isgraph(character); });
}

Result<Secret> first_key(const ApiKeySource& source, const Warn& warn) {
  if (!source.key.empty()) return Secret(trimmed(source.key.reveal()));
  if (!source.file.empty()) return key_from_file(source, warn);
  for (const char* name : {"AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"}) {
    const char* value = g_getenv(name);
    if (value != nullptr && !trimmed(value).empty()) return Secret(trimmed(value));
  }
  return Secret();
}

}  // namespace

Result<Secret> find_api_key(const ApiKeySource& source, const Warn& warn) {
  auto key = first_key(source, warn);
  if (!key.ok()) return key;
  if (key->empty()) {
    return Error{.kind = ErrorKind::unauthorized,
                 .message = "There is no API key. Set " + source.file_option +
                            ", or AIMLAPI_API_KEY in the environment" + source.instead + "."};
  }
  if (!fits_a_header(*key)) {
    return Error{.kind = ErrorKind::unauthorized,
                 .message =
                     "The API key has spaces, line breaks or characters that no key has. "
                     "Copy it again."};
  }
  return key;
}

}  // namespace klingtext
