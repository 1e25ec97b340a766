// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/control.h"

#include <string_view>

#include "base/random.h"
#include "base/text.h"
#include "rehearsal/program/control_json.h"

namespace klingtext::rehearsal {

namespace {

constexpr std::string_view kFaults = "/rehearsal/faults";
constexpr std::size_t kTokenBytes = 16;

bool reads(const Exchange& exchange) {
  const std::string method = exchange.method();
  return method == "GET" || method == "HEAD";
}

// Of a list, by `?last=N`: all of it unless that is a number.
std::size_t most_wanted(const Exchange& exchange) {
  guint64 most = 0;
  const std::string text = exchange.query_parameter("last");
  const bool said = g_ascii_string_to_unsigned(text.c_str(), 10, 0, G_MAXUINT32, &most, nullptr);
  return said ? most : G_MAXUINT32;
}

void refuse_method(const Exchange& exchange) {
  exchange.reply_problem(SOUP_STATUS_METHOD_NOT_ALLOWED, "MethodNotAllowed",
                         "This path does not know this method");
}

void reply_state(const Exchange& exchange, const JsonObjectPtr& body) {
  if (!reads(exchange)) return refuse_method(exchange);
  exchange.reply_json(SOUP_STATUS_OK, body.get());
}

}  // namespace

bool is_foreign(const Exchange& exchange) {
  const std::string origin = exchange.request_header("Origin");
  if (!origin.empty() && origin != "http://" + exchange.request_header("Host")) return true;
  const std::string site = exchange.request_header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin" && site != "none";
}

Control::Control(Desk& desk, WebFront& front, Faults& faults, const RequestLog& log)
    : desk_(desk), front_(front), faults_(faults), log_(log), token_(random_hex(kTokenBytes)) {}

bool Control::is_own_page(const Exchange& exchange) const {
  return sha256_hex(exchange.request_header("X-Rehearsal-Token")) == sha256_hex(token_.reveal()) &&
         !is_foreign(exchange);
}

// A page of another site can send neither of the two headers: the browser would have to ask us
// first, and we never say yes.
bool Control::may_change(const Exchange& exchange) const {
  return front_.is_authorized(exchange);
}

bool Control::serve(const Exchange& exchange) {
  const std::string& path = exchange.path();
  if (!path.starts_with("/rehearsal/")) return false;
  exchange.set_header("Cache-Control", "no-store");
  if (is_foreign(exchange)) {
    exchange.reply_problem(SOUP_STATUS_FORBIDDEN, "Forbidden",
                           "Another site's page may not use this path");
  } else if (!reads(exchange) && !may_change(exchange)) {
    exchange.reply_problem(SOUP_STATUS_UNAUTHORIZED, "Unauthorized",
                           "This needs a key, as Authorization: Bearer, or the page's token");
  } else if (path == kFaults || path.starts_with(std::string(kFaults) + '/')) {
    serve_faults(exchange);
  } else if (path == "/rehearsal/counters") {
    reply_state(exchange, to_json(log_.counters()));
  } else if (path == "/rehearsal/log") {
    reply_state(exchange, log_json(log_, most_wanted(exchange)));
  } else if (path == "/rehearsal/generations") {
    reply_state(exchange, generations_json(desk_, front_, exchange, most_wanted(exchange)));
  } else {
    exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is nothing at this path");
  }
  return true;
}

void Control::serve_faults(const Exchange& exchange) {
  const std::string method = exchange.method();
  if (method == "DELETE") return disarm(exchange);
  if (exchange.path() != kFaults) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound",
                                  "A single failure can only be deleted");
  }
  if (method == "POST") return arm(exchange);
  reply_state(exchange, to_json(faults_));
}

void Control::arm(const Exchange& exchange) {
  const std::string body = exchange.body();
  const JsonNodePtr root = is_strict_json(body) ? parse_json(body) : nullptr;
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root.get())) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  "The body must be a JSON object with the member fault");
  }
  const auto fault =
      parse_fault(string_member(json_node_get_object(root.get()), "fault").value_or(""));
  if (!fault) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  fault.error().message);
  }
  const unsigned number = faults_.arm(*fault);
  exchange.reply_json(SOUP_STATUS_CREATED, to_json(faults_.armed().back()).get());
  if (fault->kind != Fault::Kind::refused) return;
  faults_.disarm(number);  // it does not wait for a request
  front_.door().stay_away(std::chrono::seconds(fault->seconds), exchange.message());
}

void Control::disarm(const Exchange& exchange) {
  if (exchange.path() == kFaults) {
    faults_.disarm_all();
    return soup_server_message_set_status(exchange.message(), SOUP_STATUS_NO_CONTENT, nullptr);
  }
  guint64 number = 0;
  const std::string text = exchange.path().substr(kFaults.size() + 1);
  if (!g_ascii_string_to_unsigned(text.c_str(), 10, 1, G_MAXUINT, &number, nullptr) ||
      !faults_.disarm(static_cast<unsigned>(number))) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound",
                                  "There is no armed failure of this number");
  }
  soup_server_message_set_status(exchange.message(), SOUP_STATUS_NO_CONTENT, nullptr);
}

}  // namespace klingtext::rehearsal
