// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http.h"

#include <libsoup/soup.h>

#include <array>

#include "api/service_url.h"
#include "base/cancel.h"
#include "base/log.h"

namespace klingtext {
namespace {

// What the message's signals tell while it is sent. Signals arrive on the sending thread.
struct Watch {
  GCancellable* cancellable;
  Addresses addresses;
  Sent sent = Sent::no;
  bool refused_address = false;
};

void on_starting(SoupMessage*, gpointer data) {
  static_cast<Watch*>(data)->sent = Sent::maybe;
}

// Looks at the address itself before the first packet leaves: a name could resolve differently
// between a check of ours and libsoup's own look-up.
void check_address(Watch& watch, GSocketConnection* connection) {
  const auto remote =
      ObjectPtr<GSocketAddress>::adopt(g_socket_connection_get_remote_address(connection, nullptr));
  if (!remote || !G_IS_INET_SOCKET_ADDRESS(remote.get())) return;
  const bool internal =
      G_IS_PROXY_ADDRESS(remote.get())
          // The proxy is the user's own choice, wherever it stands; what it is asked for is not.
          ? is_internal_host(
                g_proxy_address_get_destination_hostname(G_PROXY_ADDRESS(remote.get())))
          : is_internal_address(
                g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote.get())));
  if (!internal) return;
  watch.refused_address = true;
  g_cancellable_cancel(watch.cancellable);
}

// libsoup bounds the head of a reply in HTTP/1 alone. In HTTP/2 a hundred kilobytes of it unfold to
// more than a gigabyte, and one transfer at a time gains nothing by it.
void offer_only_http1(GTlsConnection* connection) {
  static constexpr std::array<const char*, 2> kProtocols{"http/1.1", nullptr};
  g_tls_connection_set_advertised_protocols(connection, kProtocols.data());
}

void on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* connection,
                      gpointer data) {
  auto* watch = static_cast<Watch*>(data);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION(connection)) {
    offer_only_http1(G_TLS_CONNECTION(connection));
  }
  if (event == G_SOCKET_CLIENT_CONNECTING && watch->addresses == Addresses::public_only &&
      G_IS_SOCKET_CONNECTION(connection)) {
    check_address(*watch, G_SOCKET_CONNECTION(connection));
  }
}

HttpFault fault_of(const GError* error) {
  if (error->domain == G_RESOLVER_ERROR) return HttpFault::unreachable;
  if (error->domain == G_TLS_ERROR) {
    return error->code == G_TLS_ERROR_BAD_CERTIFICATE ? HttpFault::untrusted : HttpFault::tls;
  }
  if (error->domain == G_IO_ERROR) {
    switch (error->code) {
      case G_IO_ERROR_TIMED_OUT:
        return HttpFault::timeout;
      case G_IO_ERROR_CONNECTION_REFUSED:
      case G_IO_ERROR_HOST_UNREACHABLE:
      case G_IO_ERROR_NETWORK_UNREACHABLE:
      case G_IO_ERROR_HOST_NOT_FOUND:
      case G_IO_ERROR_PROXY_FAILED:
      case G_IO_ERROR_PROXY_AUTH_FAILED:
      case G_IO_ERROR_PROXY_NEED_AUTH:
      case G_IO_ERROR_PROXY_NOT_ALLOWED:
        return HttpFault::unreachable;
      default:
        break;
    }
  }
  return HttpFault::broken;
}

// What is wrong with the certificate, the worst first.
const char* certificate_fault(SoupMessage* message) {
  static constexpr std::array<std::pair<GTlsCertificateFlags, const char*>, 5> kWords{{
      {G_TLS_CERTIFICATE_UNKNOWN_CA, "is not signed by a trusted authority"},
      {G_TLS_CERTIFICATE_BAD_IDENTITY, "is for another host"},
      {G_TLS_CERTIFICATE_REVOKED, "was revoked"},
      {G_TLS_CERTIFICATE_EXPIRED, "has expired"},
      {G_TLS_CERTIFICATE_NOT_ACTIVATED, "is not valid yet"},
  }};
  const GTlsCertificateFlags errors = soup_message_get_tls_peer_certificate_errors(message);
  for (const auto& [flag, words] : kWords) {
    if ((errors & flag) != 0) return words;
  }
  return "cannot be trusted";
}

HttpFailure failure_of(const GError* error, const Watch& watch, SoupMessage* message) {
  const std::string host = g_uri_get_host(soup_message_get_uri(message));
  if (watch.refused_address) {
    return {HttpFault::internal_address, Sent::no,
            host + " is a loopback, link-local or private address"};
  }
  const HttpFault fault = fault_of(error);
  if (fault == HttpFault::untrusted) {
    return {fault, Sent::no, "the certificate of " + host + ' ' + certificate_fault(message)};
  }
  return {fault, watch.sent, host + ": " + error->message};
}

HttpHeaders headers_of(SoupMessage* message) {
  HttpHeaders headers;
  SoupMessageHeadersIter iter;
  const char* name = nullptr;
  const char* value = nullptr;
  soup_message_headers_iter_init(&iter, soup_message_get_response_headers(message));
  while (soup_message_headers_iter_next(&iter, &name, &value)) {
    const GCharPtr lower(g_ascii_strdown(name, -1));
    std::string& known = headers[lower.get()];
    known += known.empty() ? value : std::string(", ") + value;
  }
  return headers;
}

// libsoup itself would speak HTTP to any scheme's port, and complain on stderr without a host.
GUriPtr web_address(const std::string& url) {
  GUriPtr uri(g_uri_parse(url.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr));
  if (uri == nullptr) return nullptr;
  const std::string scheme = g_uri_get_scheme(uri.get());
  const char* host = g_uri_get_host(uri.get());
  const bool usable = (scheme == "https" || scheme == "http") && host != nullptr && *host != '\0';
  return usable ? std::move(uri) : nullptr;
}

ObjectPtr<SoupMessage> message_for(const HttpRequest& request) {
  const GUriPtr uri = web_address(request.url);
  if (uri == nullptr) return {};
  auto message =
      ObjectPtr<SoupMessage>::adopt(soup_message_new_from_uri(request.method.c_str(), uri.get()));
  soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
  // A 401's body would be swallowed, and a user in a URL would be used to log in.
  soup_message_disable_feature(message.get(), SOUP_TYPE_AUTH_MANAGER);
  // No compressed bomb in a reply, no doubt about what a length or a range counts.
  soup_message_disable_feature(message.get(), SOUP_TYPE_CONTENT_DECODER);
  SoupMessageHeaders* headers = soup_message_get_request_headers(message.get());
  soup_message_headers_replace(headers, "Accept-Encoding", "identity");
  for (const auto& [name, value] : request.headers) {
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  }
  if (request.json) {
    const GBytesPtr body(g_bytes_new(request.json->data(), request.json->size()));
    soup_message_set_request_body_from_bytes(message.get(), "application/json", body.get());
  }
  return message;
}

class SoupStream final : public HttpStream {
 public:
  SoupStream(ObjectPtr<SoupMessage> message, ObjectPtr<GInputStream> stream, std::string host)
      : message_(std::move(message)),
        stream_(std::move(stream)),
        host_(std::move(host)),
        headers_(headers_of(message_.get())) {}
  ~SoupStream() override {
    // Read to its end, it gives its connection back. Before that, with a cancelled cancellable,
    // nothing is drained: the connection is dropped there and then.
    const auto cancelled = ObjectPtr<GCancellable>::adopt(g_cancellable_new());
    g_cancellable_cancel(cancelled.get());
    g_input_stream_close(stream_.get(), ended_ ? nullptr : cancelled.get(), nullptr);
  }
  SoupStream(const SoupStream&) = delete;
  SoupStream& operator=(const SoupStream&) = delete;

  unsigned status() const override { return soup_message_get_status(message_.get()); }
  const HttpHeaders& headers() const { return headers_; }
  std::string header(const std::string& name) const override {
    const auto found = headers_.find(name);
    return found == headers_.end() ? std::string() : found->second;
  }
  Result<std::size_t, HttpFailure> read(std::span<char> into, std::stop_token stop) override {
    const CancelOnStop cancel(stop);
    GErrorPtr error;
    const gssize got =
        g_input_stream_read(stream_.get(), into.data(), into.size(), cancel.get(), ErrorOut(error));
    ended_ = got == 0;
    if (got >= 0) return static_cast<std::size_t>(got);
    if (stop.stop_requested()) return Stopped{};
    return HttpFailure{fault_of(error.get()), Sent::maybe, host_ + ": " + error->message};
  }

 private:
  ObjectPtr<SoupMessage> message_;
  ObjectPtr<GInputStream> stream_;
  std::string host_;
  HttpHeaders headers_;
  bool ended_ = false;
};

}  // namespace

std::string HttpReply::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? std::string() : found->second;
}

class HttpSession::Soup {
 public:
  explicit Soup(const HttpSettings& settings)
      : session_(ObjectPtr<SoupSession>::adopt(soup_session_new())),
        by_proxy_(ObjectPtr<GProxyResolver>::ref(g_proxy_resolver_get_default())) {
    soup_session_set_timeout(session_.get(), settings.timeout);
    soup_session_set_user_agent(session_.get(), settings.user_agent.c_str());
    if (settings.tls_database) {
      soup_session_set_tls_database(session_.get(), settings.tls_database.get());
    }
    if (!settings.proxy.empty()) {
      by_proxy_ = ObjectPtr<GProxyResolver>::adopt(
          g_simple_proxy_resolver_new(settings.proxy.c_str(), nullptr));
    }
  }

  Result<std::unique_ptr<SoupStream>, HttpFailure> open(const HttpRequest& request,
                                                        const std::stop_token& stop) {
    const auto message = message_for(request);
    if (!message) return HttpFailure{HttpFault::bad_url, Sent::no, "that is not an http(s) URL"};
    const std::string host = g_uri_get_host(soup_message_get_uri(message.get()));
    set_route(request.route == Route::direct || is_loopback_host(host) ? Route::direct
                                                                       : Route::by_proxy);
    const CancelOnStop cancel(stop);
    Watch watch{cancel.get(), request.addresses};
    g_signal_connect(message.get(), "starting", G_CALLBACK(on_starting), &watch);
    g_signal_connect(message.get(), "network-event", G_CALLBACK(on_network_event), &watch);
    log(LogLevel::trace, "%s %s", request.method.c_str(), without_query(request.url).c_str());
    GErrorPtr error;
    auto stream = ObjectPtr<GInputStream>::adopt(
        soup_session_send(session_.get(), message.get(), cancel.get(), ErrorOut(error)));
    g_signal_handlers_disconnect_by_data(message.get(), &watch);
    if (!stream) {
      if (stop.stop_requested()) return Stopped{};
      return failure_of(error.get(), watch, message.get());
    }
    const unsigned status = soup_message_get_status(message.get());
    // libsoup passes a proxy's refusal to connect off as the answer to a message it never began.
    if (watch.sent == Sent::no) {
      return HttpFailure{HttpFault::unreachable, Sent::no,
                         host + ": the proxy answers HTTP " + std::to_string(status)};
    }
    log(LogLevel::trace, "%s %s: %u", request.method.c_str(), without_query(request.url).c_str(),
        status);
    return std::make_unique<SoupStream>(message, std::move(stream), host);
  }

 private:
  void set_route(Route route) {
    GProxyResolver* wanted = route == Route::direct ? nullptr : by_proxy_.get();
    if (soup_session_get_proxy_resolver(session_.get()) != wanted) {
      soup_session_set_proxy_resolver(session_.get(), wanted);
    }
  }

  ObjectPtr<SoupSession> session_;
  ObjectPtr<GProxyResolver> by_proxy_;
};

HttpSession::HttpSession(const HttpSettings& settings) : soup_(std::make_unique<Soup>(settings)) {}
HttpSession::~HttpSession() = default;

Result<std::unique_ptr<HttpStream>, HttpFailure> HttpSession::open(const HttpRequest& request,
                                                                   const std::stop_token& stop) {
  auto stream = soup_->open(request, stop);
  if (!stream.ok()) return stream.as<std::unique_ptr<HttpStream>>();
  return std::unique_ptr<HttpStream>(std::move(*stream));
}

Result<HttpReply, HttpFailure> HttpSession::send(const HttpRequest& request, std::size_t max_body,
                                                 const std::stop_token& stop) {
  auto stream = soup_->open(request, stop);
  if (!stream.ok()) return stream.as<HttpReply>();
  HttpReply reply{(*stream)->status(), (*stream)->headers(), {}};
  std::vector<char> piece(16384);
  while (true) {
    const auto got = (*stream)->read(piece, stop);
    if (!got.ok()) return got.as<HttpReply>();
    if (*got == 0) return reply;
    if (reply.body.size() + *got > max_body) {
      return HttpFailure{HttpFault::too_large, Sent::maybe,
                         "the reply is larger than " + std::to_string(max_body) + " bytes"};
    }
    reply.body.append(piece.data(), *got);
  }
}

}  // namespace klingtext
