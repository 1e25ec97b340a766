// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "support/answer.h"
#include "support/gate.h"
#include "support/reply.h"
#include "support/socket_stream.h"

namespace klingtext::test {

enum class HeadOnly { no, yes };
enum class Connection { reusable, spent };

// Puts one reply on the wire the way a plan says: late, slowly, in chunks, cut off.
class Delivery {
 public:
  using Sent = std::function<void(std::uint64_t body_bytes)>;

  Delivery(SocketStream& stream, const std::stop_token& stop, const Answer::Plan& plan,
           Gate& service_gate, Sent sent)
      : stream_(stream), stop_(stop), plan_(plan), gate_(service_gate), sent_(std::move(sent)) {}

  Connection send(const Reply& reply, HeadOnly head_only);

 private:
  enum class Way { on, gone };
  Way send_head(const Reply& reply);
  Way send_body(const std::string& body);
  Way send_piece(std::string_view piece);
  Way drip(std::string_view text);
  Way hold_at(std::optional<std::uint64_t> position);
  Way pause(std::uint64_t bytes, std::uint64_t bytes_per_second);
  std::uint64_t piece_from(std::uint64_t position, std::uint64_t end) const;

  SocketStream& stream_;
  const std::stop_token& stop_;
  const Answer::Plan& plan_;
  Gate& gate_;
  Sent sent_;
};

}  // namespace klingtext::test
