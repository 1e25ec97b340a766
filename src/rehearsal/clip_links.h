// SPDX-License-Identifier: LGPL-2.1-or-later
// Where clips are found: plain addresses, or ones that are signed and expire.
#pragma once

#include <chrono>
#include <string>

#include "base/secret.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

class ClipLinks {
 public:
  // `life`: of a link; 0 makes links that are not signed.
  explicit ClipLinks(std::chrono::seconds life);

  static constexpr const char* kFolder = "/v2/clips/";

  // At `port` of the host under which the client has reached us.
  std::string url(const Exchange& exchange, unsigned port, const std::string& clip) const;
  // Signed, and over since a moment ago.
  std::string expired_url(const Exchange& exchange, unsigned port, const std::string& clip) const;

  // The clip's name in the path of a request; empty for any other path.
  static std::string clip_of(const std::string& path);
  // Whether the link that was asked for is still good.
  bool holds(const Exchange& exchange) const;

 private:
  std::string signature(const std::string& path, const std::string& expires) const;
  std::string signed_query(const std::string& path, std::chrono::seconds life) const;

  std::chrono::seconds life_;
  Secret key_;
};

}  // namespace klingtext::rehearsal
