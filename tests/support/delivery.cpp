// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/delivery.h"

#include <algorithm>
#include <chrono>
#include <sstream>

#include "base/cancel.h"

namespace klingtext::test {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kPiece = 64 * 1024;
constexpr std::uint64_t kPiecesPerSecond = 50;

}  // namespace

Connection Delivery::send(const Reply& reply, HeadOnly head_only) {
  if (hold_at(std::nullopt) == Way::gone) return Connection::spent;
  switch (plan_.instead) {
    case Answer::Instead::close:
      stream_.finish();
      return Connection::spent;
    case Answer::Instead::reset:
      stream_.reset_at_close();
      return Connection::spent;
    case Answer::Instead::garbage:
      stream_.send("\x16\x03\x01 this is no HTTP\n\n");
      stream_.finish();
      return Connection::spent;
    default:
      break;
  }
  if (send_head(reply) == Way::gone) return Connection::spent;
  if (head_only == HeadOnly::yes) return Connection::reusable;
  if (send_body(reply.body) == Way::gone) return Connection::spent;
  const bool reusable =
      plan_.framing != Answer::Framing::until_close && !plan_.cut_after && !plan_.content_length;
  if (reusable) return Connection::reusable;
  if (plan_.cut_after && plan_.cut == Answer::Cut::rst) {
    stream_.reset_at_close();
  } else {
    stream_.finish();
  }
  return Connection::spent;
}

Delivery::Way Delivery::send_head(const Reply& reply) {
  std::ostringstream head;
  head << "HTTP/1.1 " << reply.code << (reply.code < 300 ? " OK" : " Scripted") << "\r\n";
  for (const auto& [name, value] : reply.headers) head << name << ": " << value << "\r\n";
  if (plan_.framing == Answer::Framing::chunked) {
    head << "Transfer-Encoding: chunked\r\n";
  } else if (plan_.framing == Answer::Framing::length) {
    head << "Content-Length: " << plan_.content_length.value_or(reply.body.size()) << "\r\n";
  } else {
    head << "Connection: close\r\n";
  }
  head << "\r\n";
  if (plan_.drip) return drip(head.str());
  return stream_.send(head.str()) ? Way::on : Way::gone;
}

// How far the next piece may go before something has to happen.
std::uint64_t Delivery::piece_from(std::uint64_t position, std::uint64_t end) const {
  std::uint64_t next = std::min(end, position + kPiece);
  if (plan_.throttle) {
    next =
        std::min(next, position + std::max<std::uint64_t>(1, *plan_.throttle / kPiecesPerSecond));
  }
  for (const Answer::Hold& each : plan_.holds) {
    if (each.after && *each.after > position) next = std::min(next, *each.after);
  }
  return next - position;
}

Delivery::Way Delivery::send_body(const std::string& body) {
  const std::uint64_t end =
      std::min<std::uint64_t>(body.size(), plan_.cut_after.value_or(body.size()));
  std::uint64_t position = 0;
  while (true) {
    if (hold_at(position) == Way::gone) return Way::gone;
    if (position == end) break;
    const std::uint64_t size = piece_from(position, end);
    if (send_piece(std::string_view(body).substr(position, size)) == Way::gone) return Way::gone;
    position += size;
    sent_(size);
    if (plan_.throttle && pause(size, *plan_.throttle) == Way::gone) return Way::gone;
  }
  const bool finishes_chunks = plan_.framing == Answer::Framing::chunked && !plan_.cut_after;
  return !finishes_chunks || stream_.send("0\r\n\r\n") ? Way::on : Way::gone;
}

Delivery::Way Delivery::send_piece(std::string_view piece) {
  std::ostringstream framed;
  if (plan_.framing == Answer::Framing::chunked) {
    framed << std::hex << piece.size() << "\r\n" << piece << "\r\n";
  } else {
    framed << piece;
  }
  if (plan_.drip) return drip(framed.str());
  return stream_.send(framed.str()) ? Way::on : Way::gone;
}

Delivery::Way Delivery::drip(std::string_view text) {
  const std::uint64_t rate = std::max<std::uint64_t>(1, *plan_.drip);
  const std::size_t step = std::max<std::uint64_t>(1, rate / kPiecesPerSecond);
  while (!text.empty()) {
    if (gate_.wait(milliseconds(0))) return stream_.send(text) ? Way::on : Way::gone;
    const std::string_view piece = text.substr(0, step);
    if (!stream_.send(piece) || pause(piece.size(), rate) == Way::gone) return Way::gone;
    text.remove_prefix(piece.size());
  }
  return Way::on;
}

// Looks up now and then: a peer that gives up while it is held ends the connection, so that tests
// can see it go.
Delivery::Way Delivery::hold_at(std::optional<std::uint64_t> position) {
  for (const Answer::Hold& each : plan_.holds) {
    if (each.after != position) continue;
    Gate& gate = each.gate ? *each.gate : gate_;
    while (!gate.wait(milliseconds(10))) {
      if (stop_.stop_requested() || stream_.peer_left()) return Way::gone;
    }
  }
  return Way::on;
}

Delivery::Way Delivery::pause(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  const std::chrono::duration<double> span(static_cast<double>(bytes) /
                                           static_cast<double>(bytes_per_second));
  const auto deadline = std::chrono::steady_clock::now() +
                        std::chrono::duration_cast<std::chrono::steady_clock::duration>(span);
  return sleep_until(stop_, deadline) == Waited::whole ? Way::on : Way::gone;
}

}  // namespace klingtext::test
