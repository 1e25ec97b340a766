// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "support/received_request.h"

namespace klingtext::test {

// The service's end of one connection. shut() may come from any thread and ends every call; the
// descriptor itself is closed only by the destructor, so that its number cannot be reused early.
class SocketStream {
 public:
  explicit SocketStream(UniqueFd fd) : fd_(std::move(fd)) {}

  // Nothing when the peer is gone or does not speak HTTP.
  std::optional<ReceivedRequest> read_head();
  // False when the peer left before its body was complete.
  bool read_body(ReceivedRequest& request);
  bool send(std::string_view bytes);
  bool peer_left() const;

  // For what reads and writes itself, and began before read_head() did.
  int descriptor() const { return fd_.get(); }

  // Closing will send RST instead of FIN.
  void reset_at_close();
  // Sends FIN now, then reads on for a moment: closing with unread input would send RST.
  void finish();
  void shut();

 private:
  bool receive_more();
  UniqueFd fd_;
  std::string pending_;  // received, not yet asked for
};

}  // namespace klingtext::test
