// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/web_front.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "rehearsal/account_log.h"
#include "rehearsal/clip_reply.h"
#include "rehearsal/generation_reply.h"

namespace klingtext::rehearsal {

namespace {

constexpr const char* kGenerationsPath = "/v2/video/generations";
constexpr const char* kLogPath = "/v2/logs";
constexpr goffset kMaxBody = goffset{64} * 1024;

bool is_loopback(const std::string& host) {
  if (g_ascii_strcasecmp(host.c_str(), "localhost") == 0) return true;
  const auto address = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address && g_inet_address_get_is_loopback(address.get());
}

// A body past the limit is read to its end, so that the answer can be read too, but not kept.
bool is_too_long(SoupServerMessage* message) {
  return soup_server_message_get_request_body(message)->length > kMaxBody;
}

void on_chunk(SoupServerMessage* message, GBytes*, gpointer) {
  if (!is_too_long(message)) return;
  soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
}

void on_request_started(SoupServer*, SoupServerMessage* message, gpointer) {
  g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), nullptr);
}

unsigned own_port(const Exchange& exchange) {
  return static_cast<unsigned>(g_uri_get_port(soup_server_message_get_uri(exchange.message())));
}

void reply_nothing_here(const Exchange& exchange) {
  exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is nothing at this path");
}

void reply_wrong_method(const Exchange& exchange, const char* allowed) {
  exchange.set_header("Allow", allowed);
  exchange.reply_problem(SOUP_STATUS_METHOD_NOT_ALLOWED, "MethodNotAllowed",
                         std::string("Allowed here: ") + allowed);
}

}  // namespace

WebFront::WebFront(Desk& desk, Secret key, ClipLinks links, std::chrono::seconds log_lag)
    : desk_(desk),
      key_(std::move(key)),
      links_(std::move(links)),
      log_lag_(log_lag),
      server_(ObjectPtr<SoupServer>::adopt(
          soup_server_new("server-header", "klingtext-rehearsal", nullptr))),
      door_(server_.get()) {
  g_signal_connect(server_.get(), "request-started", G_CALLBACK(on_request_started), nullptr);
  soup_server_add_handler(
      server_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable* query,
         gpointer self) { static_cast<WebFront*>(self)->answer(Exchange(message, path, query)); },
      this, nullptr);
}

WebFront::~WebFront() {
  soup_server_disconnect(server_.get());
}

Result<unsigned> WebFront::open(GInetAddress* address, unsigned port) {
  auto bound = door_.open(address, port);
  if (bound) return bound;
  const GCharPtr text(g_inet_address_to_string(address));
  return Error{.kind = ErrorKind::cannot_submit,
               .message = std::string("The rehearsal cannot listen on ") + text.get() + " port " +
                          std::to_string(port) + ": " + bound.error().message + '.'};
}

Result<std::string> WebFront::listen(const std::string& address, unsigned port,
                                     std::optional<unsigned> clip_port) {
  const std::string numeric =
      g_ascii_strcasecmp(address.c_str(), "localhost") == 0 ? std::string("127.0.0.1") : address;
  const auto inet = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(numeric.c_str()));
  if (!inet || port > G_MAXUINT16) {
    return Error{.kind = ErrorKind::settings,
                 .message = "The rehearsal needs an IP address and a port to listen on, not " +
                            address + ' ' + std::to_string(port) + '.'};
  }
  loopback_only_ = is_loopback(numeric);
  const auto bound = open(inet.get(), port);
  if (!bound) return bound.as<std::string>();
  if (clip_port) {
    const auto second = open(inet.get(), *clip_port);
    if (!second) return second.as<std::string>();
    clip_port_ = *second;
  }
  const GCharPtr base(g_uri_join(G_URI_FLAGS_NONE, "http", nullptr, numeric.c_str(),
                                 static_cast<int>(*bound), "/v2", nullptr, nullptr));
  return std::string(base.get());
}

// A page of the web that resolves its own name to 127.0.0.1 must not reach us under that name.
bool WebFront::host_is_allowed(const Exchange& exchange) const {
  if (!loopback_only_) return true;
  const std::string header = exchange.request_header("Host");
  const GUriPtr host(g_uri_parse(("http://" + header + '/').c_str(), G_URI_FLAGS_NONE, nullptr));
  if (header.empty() || host == nullptr || g_uri_get_userinfo(host.get()) != nullptr) return false;
  return is_loopback(g_uri_get_host(host.get())) &&
         is_loopback(g_uri_get_host(soup_server_message_get_uri(exchange.message())));
}

bool WebFront::is_at_clip_port(const Exchange& exchange) const {
  GSocketAddress* here = soup_server_message_get_local_address(exchange.message());
  return clip_port_ && G_IS_INET_SOCKET_ADDRESS(here) &&
         g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(here)) == *clip_port_;
}

std::string WebFront::clip_url(const Exchange& exchange, const std::string& clip) const {
  return links_.url(exchange, clip_port_.value_or(own_port(exchange)), clip);
}

std::string WebFront::expired_clip_url(const Exchange& exchange, const std::string& clip) const {
  return links_.expired_url(exchange, clip_port_.value_or(own_port(exchange)), clip);
}

bool WebFront::is_authorized(const Exchange& exchange) const {
  if (annex_ != nullptr && annex_->vouches_for(exchange)) return true;
  constexpr std::string_view kScheme = "bearer ";
  const std::string header = exchange.request_header("Authorization");
  if (g_ascii_strncasecmp(header.c_str(), kScheme.data(), kScheme.size()) != 0) return false;
  const std::string bearer = trimmed(std::string_view(header).substr(kScheme.size()));
  if (key_.empty()) return !bearer.empty();
  // Hashes, so that the time it takes tells nothing about the key.
  return sha256_hex(bearer) == sha256_hex(key_.reveal());
}

void WebFront::answer(const Exchange& exchange) {
  Call call;
  // Two origins: one has clips, the other has all else.
  const bool is_here =
      !clip_port_ || is_at_clip_port(exchange) == exchange.path().starts_with(ClipLinks::kFolder);
  if (!host_is_allowed(exchange)) {
    exchange.reply_problem(SOUP_STATUS_FORBIDDEN, "Forbidden",
                           "This service answers only under a loopback host name");
  } else if (is_too_long(exchange.message())) {
    exchange.reply_problem(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "PayloadTooLarge",
                           "A body may have 65536 bytes");
  } else if (is_here && exchange.path() == kGenerationsPath) {
    answer_generations(exchange, call);
  } else if (is_here && exchange.path() == kLogPath) {
    answer_log(exchange, call);
  } else if (is_here && exchange.path().starts_with(ClipLinks::kFolder)) {
    answer_clip(exchange, call);
  } else if (is_here && annex_ != nullptr && annex_->serve(exchange)) {
    return;
  } else {
    reply_nothing_here(exchange);
  }
  if (annex_ != nullptr) annex_->note(exchange, call);
}

// What the service says to a good request, unless the annex has other plans.
void WebFront::reply(const Exchange& exchange, Call& call, const std::function<void()>& answer) {
  if (annex_ == nullptr) return answer();
  annex_->around(exchange, call, answer);
}

void WebFront::answer_generations(const Exchange& exchange, Call& call) {
  const std::string method = exchange.method();
  if (method != "POST" && method != "GET") return reply_wrong_method(exchange, "GET, POST");
  call.kind = method == "POST" ? Call::Kind::submit : Call::Kind::poll;
  if (refuse_stranger(exchange)) return;
  if (method == "POST") return answer_submission(exchange, call);
  answer_poll(exchange, call);
}

bool WebFront::refuse_stranger(const Exchange& exchange) const {
  if (is_authorized(exchange)) return false;
  exchange.set_header("WWW-Authenticate", "Bearer");
  exchange.reply_problem(SOUP_STATUS_UNAUTHORIZED, "Unauthorized",
                         "The Authorization header must be: Bearer, a space, a valid key");
  return true;
}

void WebFront::answer_log(const Exchange& exchange, Call& call) {
  if (exchange.method() != "GET") return reply_wrong_method(exchange, "GET");
  call.kind = Call::Kind::log;
  if (refuse_stranger(exchange)) return;
  reply(exchange, call, [&] { reply_account_log(exchange, desk_, log_lag_); });
}

void WebFront::answer_submission(const Exchange& exchange, Call& call) {
  const char* type = soup_message_headers_get_content_type(
      soup_server_message_get_request_headers(exchange.message()), nullptr);
  if (type == nullptr || g_ascii_strcasecmp(type, "application/json") != 0) {
    return exchange.reply_problem(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType",
                                  "Content-Type must be application/json");
  }
  const auto submission = read_submission(exchange.body());
  if (!submission) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  submission.error().message);
  }
  call.submission = &*submission;
  reply(exchange, call, [&] {
    const auto id =
        desk_.submit(*submission, read_slate_note(exchange.request_header(kSlateHeader)),
                     exchange.client_request_id());
    if (!id) {
      return exchange.reply_problem(SOUP_STATUS_INTERNAL_SERVER_ERROR, "InternalServerError",
                                    id.error().message);
    }
    call.generation = *id;
    exchange.set_header("X-Inference-Id", *id);
    reply_generation(exchange, *id, {.status = Status::queued});
  });
}

void WebFront::answer_poll(const Exchange& exchange, Call& call) {
  const std::string id = exchange.query_parameter("generation_id");
  if (id.empty()) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  "Query validation error: generation_id is required");
  }
  const auto answer = desk_.query(id);
  if (!answer) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound",
                                  "There is no generation with this generation_id");
  }
  call.generation = id;
  call.completed = answer->status == Status::completed;
  reply(exchange, call, [&] {
    exchange.set_header("X-Inference-Id", id);
    reply_generation(exchange, id, *answer, clip_url(exchange, answer->clip));
  });
}

void WebFront::answer_clip(const Exchange& exchange, Call& call) {
  const std::string method = exchange.method();
  if (method != "GET" && method != "HEAD") return reply_wrong_method(exchange, "GET, HEAD");
  call.kind = Call::Kind::clip;
  const std::string clip = ClipLinks::clip_of(exchange.path());
  const auto file = desk_.clip_path(clip);
  if (!file) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is no such clip");
  }
  if (!links_.holds(exchange)) {
    return exchange.reply_problem(SOUP_STATUS_FORBIDDEN, "LinkExpired",
                                  "This link is over: ask for the generation again");
  }
  call.clip = clip;
  reply(exchange, call, [&] { reply_clip(exchange, *file); });
}

}  // namespace klingtext::rehearsal
