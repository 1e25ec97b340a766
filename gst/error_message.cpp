// SPDX-License-Identifier: LGPL-2.1-or-later
#include "error_message.h"

#include "base/glib_ptr.h"
#include "base/log.h"

namespace klingtext {
namespace {

GstResourceError code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized:
      return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case ErrorKind::busy:
      return GST_RESOURCE_ERROR_BUSY;
    case ErrorKind::settings:
      return GST_RESOURCE_ERROR_SETTINGS;
    case ErrorKind::not_found:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case ErrorKind::cannot_submit:
      return GST_RESOURCE_ERROR_OPEN_READ;
    case ErrorKind::cannot_read:
      return GST_RESOURCE_ERROR_READ;
    case ErrorKind::failed:
      return GST_RESOURCE_ERROR_FAILED;
    case ErrorKind::no_space:
      return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    case ErrorKind::store:
      return GST_RESOURCE_ERROR_OPEN_WRITE;
  }
  return GST_RESOURCE_ERROR_FAILED;
}

GstStructure* details_of(const Error& error) {
  GstStructure* details = gst_structure_new_empty("details");
  if (error.http_status != 0) {
    gst_structure_set(details, "http-status-code", G_TYPE_UINT, error.http_status, nullptr);
  }
  const auto add = [details](const char* name, const std::string& text) {
    if (text.empty()) return;
    gst_structure_set(details, name, G_TYPE_STRING, valid_text(text).c_str(), nullptr);
  };
  add("generation-id", error.generation_id);
  add("client-request-id", error.client_request_id);
  add("api-error-name", error.api_error_name);
  add("api-error-message", error.api_error_message);
  return details;
}

}  // namespace

std::string valid_text(const std::string& text) {
  const GCharPtr valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  return valid.get();
}

std::string valid_path(const std::string& path) {
  return g_utf8_validate(path.c_str(), -1, nullptr) != FALSE ? path : std::string();
}

GstMessage* new_error_message(GstElement* element, const Error& error) {
  const GErrorPtr said(g_error_new_literal(GST_RESOURCE_ERROR, code_of(error.kind),
                                           valid_text(error.message).c_str()));
  const GCharPtr path(gst_object_get_path_string(GST_OBJECT(element)));
  const GCharPtr where(g_strdup_printf("%s(%u): %s (): %s", error.where.file_name(),
                                       static_cast<guint>(error.where.line()),
                                       function_in(error.where).c_str(), path.get()));
  return gst_message_new_error_with_details(GST_OBJECT(element), said.get(), where.get(),
                                            details_of(error));
}

}  // namespace klingtext
