// SPDX-License-Identifier: LGPL-2.1-or-later
// A bus message as tests look at it.
#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace klingtext::test {

class Message {
 public:
  // Adds a reference.
  explicit Message(GstMessage* message) : message_(gst_message_ref(message)) {}
  ~Message() {
    if (message_ != nullptr) gst_message_unref(message_);
  }
  Message(const Message& other) : Message(other.message_) {}
  Message(Message&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  Message& operator=(Message other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }

  GstMessage* get() const { return message_; }
  GstMessageType type() const { return GST_MESSAGE_TYPE(message_); }
  // Of the factory that made the sender, "" where the sender is no element.
  std::string sender() const;
  bool is_ours() const { return sender() == "klingtextsrc"; }
  std::string text() const;  // the whole message, as logs print it

 private:
  GstMessage* message_;
};

using Messages = std::vector<Message>;

struct Progress {
  GstProgressType type = GST_PROGRESS_TYPE_ERROR;
  std::string code;
  std::string text;
  int percent = -1;  // -1: none
};
Progress progress_of(const Message& message);

struct Failure {
  GQuark domain = 0;
  int code = 0;
  std::string sentence;
  unsigned http_status = 0;
  std::string generation_id;
  std::string client_request_id;
  std::string api_error_name;
  std::string api_error_message;
};
Failure failure_of(const Message& error);
std::string sentence_of(const Message& warning);

Messages of_type(const Messages& messages, GstMessageType type);
Messages ours(const Messages& messages);
std::vector<Progress> progress_in(const Messages& messages);
// The element messages `klingtext-generation`.
Messages generations_in(const Messages& messages);

std::string string_field(const GstStructure* structure, const char* name);

}  // namespace klingtext::test
