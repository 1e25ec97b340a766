// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that do not go the way HTTP answers go: late, slowly, cut, not at all, or not HTTP.
#pragma once

#include <libsoup/soup.h>

#include <chrono>
#include <list>
#include <memory>
#include <string>

namespace klingtext::rehearsal {

// Bytes that are put on the connection in place of the server's answer; it ends with them.
struct RawReply {
  enum class End { close, wait };  // wait: until the client leaves
  std::string bytes;
  unsigned rate = 0;  // bytes per second; 0: as fast as they are taken
  End end = End::close;
  std::chrono::seconds patience{0};  // of End::wait; 0: none but the client's
};

// What SoupServer would send for the message as it is, cut `body_bytes` after the head.
std::string rendered(SoupServerMessage* message, std::size_t body_bytes);
std::size_t body_size(SoupServerMessage* message);

// Used on the server's thread; what is under way ends with this object, before the server does.
class Deliveries {
 public:
  // More at once would only hold sockets: the oldest makes room.
  static constexpr std::size_t kMost = 256;

  Deliveries();
  ~Deliveries();
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  // From the message's request handler.
  void answer_later(SoupServerMessage* message, std::chrono::milliseconds delay);
  void deliver(SoupServerMessage* message, RawReply reply, std::chrono::milliseconds delay);

 private:
  class Delivery;
  void start(std::unique_ptr<Delivery> delivery, std::chrono::milliseconds delay);

  std::list<std::unique_ptr<Delivery>> under_way_;
};

}  // namespace klingtext::rehearsal
