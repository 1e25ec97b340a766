// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <optional>
#include <string>
#include <string_view>

#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

// How an error says what is wrong: as the service does, by application/problem+json and in the
// older way, and as services behind it do, by a list of errors and by a code.
enum class Envelope { problem, legacy, errors, code };
std::optional<Envelope> envelope_named(std::string_view name);

// The reason phrase that goes with a status.
const char* status_phrase(unsigned status);

// One HTTP request and the reply it is given. Lives on the stack of SoupServer's callback and
// thread; the message is the server's.
class Exchange {
 public:
  // `query`: the parameters behind the path, the server's; may be null.
  Exchange(SoupServerMessage* message, std::string path, GHashTable* query);

  SoupServerMessage* message() const { return message_; }
  const std::string& path() const { return path_; }
  std::string method() const;
  std::string request_header(const char* name) const;   // empty when there is none
  std::string client_request_id() const;                // empty when it is not fit to be stored
  std::string query_parameter(const char* name) const;  // likewise
  std::string body() const;
  void set_header(const char* name, const std::string& value) const;
  void remove_header(const char* name) const;
  void remove_request_header(const char* name) const;

  // Replies: the last one counts.
  void reply_bytes(unsigned status, const char* type, std::string_view bytes) const;
  void reply_json(unsigned status, JsonObject* body) const;
  void reply_problem(unsigned status, const char* name, const std::string& text,
                     Envelope envelope = Envelope::problem) const;

 private:
  void reply_text(unsigned status, const char* type, JsonObject* body) const;
  JsonObjectPtr problem(unsigned status, const char* name, const std::string& text) const;
  JsonObjectPtr legacy_problem(unsigned status, const std::string& text) const;
  static JsonObjectPtr error_list(const std::string& text);
  static JsonObjectPtr error_code(const std::string& text);

  SoupServerMessage* message_;
  std::string path_;
  GHashTable* query_;
  std::string request_id_;
};

}  // namespace klingtext::rehearsal
