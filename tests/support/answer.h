// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/gate.h"

namespace klingtext::test {

// How the scripted service answers one request: what it says (one of the static makers), bent by
// any number of the modifiers: Answer::normal().chunked().cut_after(1000).
//
// In bodies and header values `$CLIP` stands for a good clip URL and `$ID` for the generation's id.
class Answer {
 public:
  // What the service would say if nothing were scripted. Only modifiers make it interesting.
  static Answer normal() { return {}; }
  static Answer status(unsigned code);  // with the problem+json body the real service sends
  static Answer json(std::string text, unsigned code = 200);
  static Answer body(std::string bytes, std::string content_type, unsigned code = 200);
  static Answer redirect(std::string location, unsigned code = 302);
  // A documented body with this status, whatever the script says. For a poll or a submission.
  static Answer generation(std::string status);
  static Answer generation_error(std::string name, std::string message);

  // Replaces a header of the same name; `without` also removes those the service adds itself.
  Answer& header(std::string name, std::string value);
  Answer& without(std::string name);

  // --- Instead of the answer. All but the two `unread` come after the request was read, counted
  // and (for a submission) accepted: the answer is lost, not the request.
  Answer& close_unread();  // the head was read, the body not; counted as nothing
  Answer& reset_unread();
  Answer& lost();        // closed without an answer
  Answer& lost_reset();  // the same with RST
  Answer& garbage();     // bytes that are not HTTP

  // --- Whether a submission counts as accepted; otherwise its 2xx status decides.
  Answer& though_accepted();  // 504, and yet it is being made
  Answer& not_accepted();

  // --- When
  Answer& hold();                            // before the first byte, until service.release()
  Answer& hold(std::shared_ptr<Gate> gate);  // until this gate opens
  Answer& hold_after(std::uint64_t body_bytes);
  Answer& hold_after(std::uint64_t body_bytes, std::shared_ptr<Gate> gate);
  Answer& throttle(std::uint64_t bytes_per_second);  // the body
  Answer& drip(std::uint64_t bytes_per_second);      // head and body, until service.release()

  // --- Framing of the body
  Answer& chunked();
  Answer& without_length();                         // ends when the connection does
  Answer& content_length(std::uint64_t pretended);  // a lie
  Answer& cut_after(std::uint64_t body_bytes);    // then FIN; Content-Length and chunks unfinished
  Answer& reset_after(std::uint64_t body_bytes);  // then RST
  Answer& gzip();                                 // compressed, and says so

  // --- Clips only
  Answer& ignoring_range();  // 200 and everything
  Answer& content_range(std::string text);
  Answer& total(std::uint64_t pretended);  // behind the slash of Content-Range
  Answer& etag(std::string text);          // quotes included
  Answer& without_etag() { return without("ETag"); }

  enum class Says { normal, fixed, generation };
  enum class Instead { nothing, close_unread, reset_unread, close, reset, garbage };
  enum class Acceptance { by_status, accepted, refused };
  enum class Framing { length, chunked, until_close };
  enum class Cut { fin, rst };
  enum class Range { honoured, ignored };
  enum class Encoding { identity, gzip };
  struct Hold {
    std::optional<std::uint64_t> after;  // body bytes; none: before the head
    std::shared_ptr<Gate> gate;          // null: the service's own
  };
  struct Plan {
    Says says = Says::normal;
    unsigned code = 200;
    std::string content_type;
    std::string body;
    std::string generation_status;
    std::string error_name;
    std::string error_message;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<std::string> without;
    Instead instead = Instead::nothing;
    Acceptance acceptance = Acceptance::by_status;
    std::vector<Hold> holds;
    std::optional<std::uint64_t> throttle;
    std::optional<std::uint64_t> drip;
    Framing framing = Framing::length;
    std::optional<std::uint64_t> content_length;
    std::optional<std::uint64_t> cut_after;
    Cut cut = Cut::fin;
    Encoding encoding = Encoding::identity;
    Range range = Range::honoured;
    std::optional<std::string> content_range;
    std::optional<std::uint64_t> total;
    std::optional<std::string> etag;
  };
  const Plan& plan() const { return plan_; }

 private:
  Plan plan_;
};

}  // namespace klingtext::test
