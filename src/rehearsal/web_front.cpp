// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/web_front.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "rehearsal/clip_reply.h"
#include "rehearsal/hangup_watch.h"
#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

constexpr const char* kGenerationsPath = "/v2/video/generations";
constexpr std::string_view kClipsPath = "/v2/clips/";
constexpr std::string_view kClipSuffix = ".mp4";
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

JsonNodePtr object_node(JsonObject* object) {
  JsonNodePtr node(json_node_alloc());
  json_node_init_object(node.get(), object);
  return node;
}

using JsonObjectPtr = GlibPtr<JsonObject, json_object_unref>;

// A clip's URL at the address under which the client has reached us.
std::string clip_url(const Exchange& exchange, const std::string& clip) {
  GUri* here = soup_server_message_get_uri(exchange.message());
  const std::string path = std::string(kClipsPath) + clip + std::string(kClipSuffix);
  const GCharPtr url(g_uri_join(G_URI_FLAGS_NONE, "http", nullptr, g_uri_get_host(here),
                                g_uri_get_port(here), path.c_str(), nullptr, nullptr));
  return url.get();
}

void reply_generation(const Exchange& exchange, const std::string& id, const Desk::Answer& answer) {
  const JsonObjectPtr body(json_object_new());
  json_object_set_string_member(body.get(), "id", id.c_str());
  json_object_set_string_member(body.get(), "status", status_name(answer.status));
  if (answer.status == Status::completed) {
    JsonObject* video = json_object_new();
    json_object_set_string_member(video, "url", clip_url(exchange, answer.clip).c_str());
    json_object_set_object_member(body.get(), "video", video);
    JsonObject* usage = json_object_new();
    json_object_set_int_member(usage, "credits_used", 0);  // a rehearsal costs nothing
    JsonObject* meta = json_object_new();
    json_object_set_object_member(meta, "usage", usage);
    json_object_set_object_member(body.get(), "meta", meta);
  } else if (answer.status == Status::error) {
    JsonObject* error = json_object_new();
    json_object_set_string_member(error, "name", answer.ending.error_name.c_str());
    json_object_set_string_member(error, "message", answer.ending.error_message.c_str());
    json_object_set_object_member(body.get(), "error", error);
  } else {
    // Without it a client plans its polls for a service that takes minutes.
    exchange.set_header("Retry-After", "1");
  }
  exchange.reply_json(SOUP_STATUS_OK, object_node(body.get()).get());
}

void reply_wrong_method(const Exchange& exchange, const char* allowed) {
  exchange.set_header("Allow", allowed);
  exchange.reply_problem(SOUP_STATUS_METHOD_NOT_ALLOWED, "MethodNotAllowed",
                         std::string("Allowed here: ") + allowed);
}

}  // namespace

WebFront::WebFront(Desk& desk, Secret key)
    : desk_(desk),
      key_(std::move(key)),
      server_(ObjectPtr<SoupServer>::adopt(
          soup_server_new("server-header", "klingtext-rehearsal", nullptr))) {
  g_signal_connect(server_.get(), "request-started", G_CALLBACK(on_request_started), nullptr);
  watch_for_hangups(server_.get());
  soup_server_add_handler(
      server_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable* query,
         gpointer self) { static_cast<WebFront*>(self)->answer(Exchange(message, path), query); },
      this, nullptr);
}

WebFront::~WebFront() {
  soup_server_disconnect(server_.get());
}

Result<std::string> WebFront::listen(const std::string& address, unsigned port) {
  const std::string numeric =
      g_ascii_strcasecmp(address.c_str(), "localhost") == 0 ? std::string("127.0.0.1") : address;
  const auto inet = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(numeric.c_str()));
  if (!inet || port > G_MAXUINT16) {
    return Error{.kind = ErrorKind::settings,
                 .message = "The rehearsal needs an IP address and a port to listen on, not " +
                            address + ' ' + std::to_string(port) + '.'};
  }
  loopback_only_ = is_loopback(numeric);
  const auto socket_address = ObjectPtr<GSocketAddress>::adopt(
      g_inet_socket_address_new(inet.get(), static_cast<guint16>(port)));
  GErrorPtr error;
  if (!soup_server_listen(server_.get(), socket_address.get(), SoupServerListenOptions{},
                          ErrorOut(error))) {
    return Error{.kind = ErrorKind::cannot_submit,
                 .message = "The rehearsal cannot listen on " + address + " port " +
                            std::to_string(port) + ": " + error->message + '.'};
  }
  GSList* uris = soup_server_get_uris(server_.get());
  const int bound = g_uri_get_port(static_cast<GUri*>(uris->data));
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
  const GCharPtr base(g_uri_join(G_URI_FLAGS_NONE, "http", nullptr, numeric.c_str(), bound, "/v2",
                                 nullptr, nullptr));
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

bool WebFront::is_authorized(const Exchange& exchange) const {
  constexpr std::string_view kScheme = "bearer ";
  const std::string header = exchange.request_header("Authorization");
  if (g_ascii_strncasecmp(header.c_str(), kScheme.data(), kScheme.size()) != 0) return false;
  const std::string bearer = trimmed(std::string_view(header).substr(kScheme.size()));
  if (key_.empty()) return !bearer.empty();
  // Hashes, so that the time it takes tells nothing about the key.
  return sha256_hex(bearer) == sha256_hex(key_.reveal());
}

void WebFront::answer(const Exchange& exchange, GHashTable* query) {
  if (!host_is_allowed(exchange)) {
    return exchange.reply_problem(SOUP_STATUS_FORBIDDEN, "Forbidden",
                                  "This service answers only under a loopback host name");
  }
  if (is_too_long(exchange.message())) {
    return exchange.reply_problem(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "PayloadTooLarge",
                                  "A body may have 65536 bytes");
  }
  if (exchange.path() == kGenerationsPath) return answer_generations(exchange, query);
  if (exchange.path().starts_with(kClipsPath)) return answer_clip(exchange);
  exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is nothing at this path");
}

void WebFront::answer_generations(const Exchange& exchange, GHashTable* query) {
  const std::string method = exchange.method();
  if (method != "POST" && method != "GET") return reply_wrong_method(exchange, "GET, POST");
  if (!is_authorized(exchange)) {
    exchange.set_header("WWW-Authenticate", "Bearer");
    return exchange.reply_problem(SOUP_STATUS_UNAUTHORIZED, "Unauthorized",
                                  "The Authorization header must be: Bearer, a space, a valid key");
  }
  if (method == "POST") return answer_submission(exchange);
  answer_query(exchange, query);
}

void WebFront::answer_submission(const Exchange& exchange) {
  const char* type = soup_message_headers_get_content_type(
      soup_server_message_get_request_headers(exchange.message()), nullptr);
  if (type == nullptr || g_ascii_strcasecmp(type, "application/json") != 0) {
    return exchange.reply_problem(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType",
                                  "Content-Type must be application/json");
  }
  const GBytesPtr body(
      soup_message_body_flatten(soup_server_message_get_request_body(exchange.message())));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
  auto submission = read_submission({data == nullptr ? "" : data, size});
  if (!submission) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  submission.error().message);
  }
  const auto id = desk_.submit(*std::move(submission));
  if (!id) {
    return exchange.reply_problem(SOUP_STATUS_INTERNAL_SERVER_ERROR, "InternalServerError",
                                  id.error().message);
  }
  reply_generation(exchange, *id, {.status = Status::queued});
}

void WebFront::answer_query(const Exchange& exchange, GHashTable* query) {
  const auto* id = query == nullptr
                       ? nullptr
                       : static_cast<const char*>(g_hash_table_lookup(query, "generation_id"));
  if (id == nullptr || *id == '\0') {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  "Query validation error: generation_id is required");
  }
  const auto answer = desk_.query(id);
  if (!answer) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound",
                                  "There is no generation with this generation_id");
  }
  reply_generation(exchange, id, *answer);
}

void WebFront::answer_clip(const Exchange& exchange) {
  const std::string method = exchange.method();
  if (method != "GET" && method != "HEAD") return reply_wrong_method(exchange, "GET, HEAD");
  std::string_view name = exchange.path();
  name.remove_prefix(kClipsPath.size());
  if (!name.ends_with(kClipSuffix)) name = {};
  const auto file = desk_.clip_path(
      std::string(name.substr(0, name.size() - std::min(name.size(), kClipSuffix.size()))));
  if (!file) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is no such clip");
  }
  reply_clip(exchange, *file);
}

}  // namespace klingtext::rehearsal
