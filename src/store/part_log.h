// SPDX-License-Identifier: LGPL-2.1-or-later
// What a growing clip is pinned to and which bytes of it are there, in a file beside it: a line of
// JSON, then one record for each stretch. The last record grows with its stretch, in place, so a
// clip that arrives in one go has one. Written by the filling thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "store/extents.h"

namespace klingtext {

// What pins a download to one file on the service's side.
struct Pin {
  std::uint64_t length = 0;
  std::string validator;  // a strong ETag, else Last-Modified; empty: none
};

class PartLog {
 public:
  struct Content {
    Pin pin;
    Extents present;
    std::size_t size = 0;  // of the text that makes sense, in bytes
  };
  // Nothing when it is no log of this boot. `written` is how long the growing file is.
  static std::optional<Content> parse(std::string_view text, std::string_view boot,
                                      std::uint64_t written);

  explicit PartLog(UniqueFd fd) : fd_(std::move(fd)) {}

  // What an earlier run left; new records go behind it.
  std::optional<Content> read(std::uint64_t written);
  // Begins anew; errno on failure, 0 when done. Without a pin nothing can be resumed later.
  int start(const std::optional<Pin>& pin);
  // These bytes have been written. What cannot be noted is fetched again, no more.
  void note(ByteRange piece);
  void forget();

 private:
  UniqueFd fd_;
  std::uint64_t end_ = 0;  // of the log
  ByteRange last_;         // what its last record says, if that may grow
};

}  // namespace klingtext
