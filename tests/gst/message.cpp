// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message.h"

#include <algorithm>
#include <iterator>

#include "base/glib_ptr.h"

namespace klingtext::test {
namespace {

template <typename Keep>
Messages kept(const Messages& messages, Keep keep) {
  Messages result;
  std::copy_if(messages.begin(), messages.end(), std::back_inserter(result), keep);
  return result;
}

}  // namespace

std::string Message::sender() const {
  GstObject* source = GST_MESSAGE_SRC(message_);
  if (source == nullptr || !GST_IS_ELEMENT(source)) return {};
  GstElementFactory* factory = gst_element_get_factory(GST_ELEMENT(source));
  return factory == nullptr ? std::string() : GST_OBJECT_NAME(factory);
}

std::string Message::text() const {
  const GstStructure* fields = gst_message_get_structure(message_);
  const GCharPtr printed(fields == nullptr ? nullptr : gst_structure_to_string(fields));
  std::string text = std::string(GST_MESSAGE_TYPE_NAME(message_)) + ' ' +
                     (printed == nullptr ? "" : printed.get());
  // A GError does not print itself.
  if (type() == GST_MESSAGE_ERROR) text += ' ' + failure_of(*this).sentence;
  if (type() == GST_MESSAGE_WARNING) text += ' ' + sentence_of(*this);
  return text;
}

Progress progress_of(const Message& message) {
  Progress progress;
  char* code = nullptr;
  char* text = nullptr;
  gst_message_parse_progress(message.get(), &progress.type, &code, &text);
  const GCharPtr owned_code(code);
  const GCharPtr owned_text(text);
  progress.code = code;
  progress.text = text;
  gst_structure_get_int(gst_message_get_structure(message.get()), "percent", &progress.percent);
  return progress;
}

std::string string_field(const GstStructure* structure, const char* name) {
  const char* text = structure == nullptr ? nullptr : gst_structure_get_string(structure, name);
  return text == nullptr ? std::string() : text;
}

Failure failure_of(const Message& error) {
  GErrorPtr said;
  gst_message_parse_error(error.get(), ErrorOut(said), nullptr);
  const GstStructure* details = nullptr;
  gst_message_parse_error_details(error.get(), &details);
  Failure failure{said->domain, said->code, said->message};
  if (details != nullptr) gst_structure_get_uint(details, "http-status-code", &failure.http_status);
  failure.generation_id = string_field(details, "generation-id");
  failure.client_request_id = string_field(details, "client-request-id");
  failure.api_error_name = string_field(details, "api-error-name");
  failure.api_error_message = string_field(details, "api-error-message");
  return failure;
}

std::string sentence_of(const Message& warning) {
  GErrorPtr said;
  gst_message_parse_warning(warning.get(), ErrorOut(said), nullptr);
  return said->message;
}

Messages of_type(const Messages& messages, GstMessageType type) {
  return kept(messages, [type](const Message& message) { return message.type() == type; });
}

Messages ours(const Messages& messages) {
  return kept(messages, [](const Message& message) { return message.is_ours(); });
}

std::vector<Progress> progress_in(const Messages& messages) {
  std::vector<Progress> result;
  for (const Message& message : of_type(messages, GST_MESSAGE_PROGRESS)) {
    result.push_back(progress_of(message));
  }
  return result;
}

Messages generations_in(const Messages& messages) {
  return kept(messages, [](const Message& message) {
    return message.type() == GST_MESSAGE_ELEMENT &&
           gst_message_has_name(message.get(), "klingtext-generation");
  });
}

}  // namespace klingtext::test
