// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http_errors.h"

#include "api/service_error.h"

namespace klingtext {
namespace {

struct Meaning {
  ErrorKind kind;
  const char* what;
  const char* next;
};

Meaning meaning_of(unsigned status, Doing doing) {
  switch (status) {
    case 401:
      return {ErrorKind::unauthorized, "The service refuses the API key",
              "Check api-key, api-key-file or AIMLAPI_API_KEY."};
    case 402:
    case 403:
      return {ErrorKind::unauthorized, "The service forbids this, or the account is out of credits",
              "Check the account's balance and the key's permissions."};
    case 404:
    case 410:
      if (doing == Doing::submitting) {
        return {ErrorKind::not_found, "The service has no such endpoint or model",
                "Check base-url and model."};
      }
      return {ErrorKind::not_found, "The service does not know this generation, or it has expired",
              "Check generation-id and the account, or set another take to generate it anew."};
    case 400:
    case 422:
      return {ErrorKind::settings, "The service does not accept the request",
              "Change the setting it names."};
    case 429:
      return {ErrorKind::busy, "The service is busy or the account's limit is reached",
              "Try again later, or run fewer at a time."};
    case 503:
      return {ErrorKind::busy, "The service is not available now", "Try again later."};
    default:
      break;
  }
  if (status >= 300 && status < 400) {
    return {ErrorKind::settings, "The service sends us elsewhere, where the key must not go",
            "Set base-url to its final address."};
  }
  if (status >= 400 && status < 500) {
    return {ErrorKind::settings, "The service does not accept the request",
            "Check base-url and the request's properties."};
  }
  return {ErrorKind::cannot_read, "The service failed", "Try again later."};
}

std::string fault_sentence(const HttpFailure& failure) {
  switch (failure.fault) {
    case HttpFault::unreachable:
      return "The service cannot be reached (" + failure.reason + ").";
    case HttpFault::tls:
    case HttpFault::untrusted:
      return "There is no trusted connection to the service (" + failure.reason + ").";
    case HttpFault::timeout:
      return "The service did not answer in time (" + failure.reason + ").";
    case HttpFault::too_large:
      return "The service's answer is absurdly large (" + failure.reason + ").";
    default:
      return "The connection to the service broke (" + failure.reason + ").";
  }
}

}  // namespace

Error error_of_status(const HttpReply& reply, Doing doing) {
  const Meaning meaning = meaning_of(reply.status, doing);
  ServiceError said = parse_http_error(reply.body);
  if (said.name == std::to_string(reply.status)) said.name.clear();
  Error error{.kind = meaning.kind, .http_status = reply.status};
  error.api_error_name = said.name;
  error.api_error_message = said.message;
  const std::string words = words_of(said);
  error.message = std::string(meaning.what) + " (HTTP " + std::to_string(reply.status) +
                  (words.empty() ? "" : ", \"" + words + "\"") + "). " + meaning.next;
  if (doing == Doing::submitting && error.kind == ErrorKind::cannot_read) {
    error.kind = ErrorKind::cannot_submit;
  }
  return error;
}

Error error_of_failure(const HttpFailure& failure, Doing doing) {
  Error error{.kind =
                  doing == Doing::submitting ? ErrorKind::cannot_submit : ErrorKind::cannot_read};
  const bool tls = failure.fault == HttpFault::tls || failure.fault == HttpFault::untrusted;
  error.message = fault_sentence(failure) + (tls ? " Check the clock, base-url and tls-database."
                                                 : " Check the network and base-url.");
  return error;
}

Error unreadable_reply(const HttpReply& reply, const std::string& why) {
  return Error{
      .kind = ErrorKind::cannot_submit,
      .message = "The service answered HTTP " + std::to_string(reply.status) + " with " + why + ".",
      .http_status = reply.status};
}

}  // namespace klingtext
