// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/clip_error.h"

#include <glib.h>

#include "api/excerpt.h"
#include "base/text.h"

namespace klingtext {
namespace {

Error error_with(const std::string& why, const char* next) {
  return Error{.kind = ErrorKind::cannot_read,
               .message = "The video cannot be downloaded: " + why + ". " + next};
}

}  // namespace

Error clip_error(const std::string& why) {
  return error_with(why,
                    "The generation is paid and stays at the service: run this again to go on "
                    "without paying again.");
}

Error clip_too_large(const std::string& why) {
  return error_with(why,
                    "The generation is paid and stays at the service: raise max-clip-size and run "
                    "this again without paying again.");
}

Error clip_is_cut(std::uint64_t end) {
  return error_with(
      "its file ends after " + std::to_string(end) + " bytes each time, before the MP4 is whole",
      "The generation is paid and stays at the service: run this again later without "
      "paying again. If the file stays so, report the generation's id, which "
      "klingtext-journal list shows, to the service.");
}

Error clip_is_no_mp4(std::string_view head, const std::string& encoding) {
  std::string what = "its link leads to " + describe_content(head);
  if (const std::string name = one_line(encoding, 40);
      !name.empty() && g_ascii_strcasecmp(name.c_str(), "identity") != 0) {
    what += " (Content-Encoding: " + name + ")";
  }
  return error_with(what + ", not to an MP4",
                    "The generation is paid, and another run would find the same: report its id, "
                    "which klingtext-journal list shows, to the service.");
}

}  // namespace klingtext
