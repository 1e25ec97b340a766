// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http_message.h"

#include <array>

#include "api/service_url.h"

namespace klingtext {
namespace {

// libsoup bounds the head of a reply in HTTP/1 alone. In HTTP/2 a hundred kilobytes of it unfold to
// more than a gigabyte, and one transfer at a time gains nothing by it.
void offer_only_http1(GTlsConnection* connection) {
  static constexpr std::array<const char*, 2> kProtocols{"http/1.1", nullptr};
  g_tls_connection_set_advertised_protocols(connection, kProtocols.data());
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

// libsoup itself would speak HTTP to any scheme's port, and complain on stderr without a host.
GUriPtr web_address(const std::string& url) {
  GUriPtr uri(g_uri_parse(url.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr));
  if (uri == nullptr) return nullptr;
  const std::string scheme = g_uri_get_scheme(uri.get());
  const char* host = g_uri_get_host(uri.get());
  const bool usable = (scheme == "https" || scheme == "http") && host != nullptr && *host != '\0';
  return usable ? std::move(uri) : nullptr;
}

}  // namespace

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

HttpFailure refused_by_proxy(const HttpMessage& message) {
  return {HttpFault::unreachable, Sent::no,
          message.host() + ": the proxy answers HTTP " +
              std::to_string(soup_message_get_status(message.get()))};
}

std::unique_ptr<HttpMessage> HttpMessage::make(const HttpRequest& request) {
  const GUriPtr uri = web_address(request.url);
  if (uri == nullptr) return nullptr;
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
  return std::unique_ptr<HttpMessage>(new HttpMessage(request, std::move(message)));
}

HttpMessage::HttpMessage(const HttpRequest& request, ObjectPtr<SoupMessage> message)
    : message_(std::move(message)),
      cancellable_(ObjectPtr<GCancellable>::adopt(g_cancellable_new())),
      host_(g_uri_get_host(soup_message_get_uri(message_.get()))),
      addresses_(request.addresses),
      before_sending_(request.before_sending) {
  g_signal_connect(message_.get(), "starting", G_CALLBACK(on_starting), this);
  g_signal_connect(message_.get(), "network-event", G_CALLBACK(on_network_event), this);
}

HttpMessage::~HttpMessage() {
  g_signal_handlers_disconnect_by_data(message_.get(), this);
}

// libsoup raises "starting" when the connection is there, TLS included, right before it writes the
// request.
void HttpMessage::on_starting(SoupMessage* message, gpointer data) {
  auto* self = static_cast<HttpMessage*>(data);
  if (self->before_sending_) {
    self->repeated_ = self->sent_ == Sent::maybe;
    const bool stopped = g_cancellable_is_cancelled(self->cancellable_.get()) != FALSE ||
                         g_cancellable_is_cancelled(self->stop_request_.get()) != FALSE;
    const auto id = self->repeated_ || stopped ? std::nullopt : self->before_sending_();
    if (!id) {
      self->withdraw();
      return;
    }
    soup_message_headers_replace(soup_message_get_request_headers(message), "X-Client-Request-Id",
                                 id->c_str());
  }
  self->sent_ = Sent::maybe;
}

// Closes the connection besides, so that nothing can be written whatever libsoup does next.
void HttpMessage::withdraw() {
  g_cancellable_cancel(cancellable_.get());
  if (connection_) g_socket_close(g_socket_connection_get_socket(connection_.get()), nullptr);
}

void HttpMessage::on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* connection,
                                   gpointer data) {
  auto* self = static_cast<HttpMessage*>(data);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION(connection)) {
    offer_only_http1(G_TLS_CONNECTION(connection));
  }
  if (!G_IS_SOCKET_CONNECTION(connection)) return;
  // GIO connects to several addresses at a time; the last that connects is the one it keeps.
  if (event == G_SOCKET_CLIENT_CONNECTED) {
    self->connection_ = ObjectPtr<GSocketConnection>::ref(G_SOCKET_CONNECTION(connection));
  }
  if (event == G_SOCKET_CLIENT_CONNECTING && self->addresses_ == Addresses::public_only) {
    self->check_address(G_SOCKET_CONNECTION(connection));
  }
}

// Checks the address itself before the first packet leaves: a name could resolve differently
// between a check of ours and libsoup's own look-up.
void HttpMessage::check_address(GSocketConnection* connection) {
  const auto remote =
      ObjectPtr<GSocketAddress>::adopt(g_socket_connection_get_remote_address(connection, nullptr));
  if (!remote || !G_IS_INET_SOCKET_ADDRESS(remote.get())) return;
  const bool internal =
      G_IS_PROXY_ADDRESS(remote.get())
          // The proxy's address is the user's own choice; the destination is not.
          ? is_internal_host(
                g_proxy_address_get_destination_hostname(G_PROXY_ADDRESS(remote.get())))
          : is_internal_address(
                g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote.get())));
  if (!internal) return;
  refused_address_ = true;
  g_cancellable_cancel(cancellable_.get());
}

HttpFailure HttpMessage::failure_of(const GError* error) const {
  if (refused_address_) {
    return {HttpFault::internal_address, Sent::no,
            host_ + " is a loopback, link-local or private address"};
  }
  const HttpFault fault = fault_of(error);
  if (fault == HttpFault::untrusted) {
    return {fault, sent_, "the certificate of " + host_ + ' ' + certificate_fault(get())};
  }
  return {fault, sent_, host_ + ": " + error->message};
}

HttpHeaders HttpMessage::response_headers() const {
  HttpHeaders headers;
  SoupMessageHeadersIter iter;
  const char* name = nullptr;
  const char* value = nullptr;
  soup_message_headers_iter_init(&iter, soup_message_get_response_headers(get()));
  while (soup_message_headers_iter_next(&iter, &name, &value)) {
    const GCharPtr lower(g_ascii_strdown(name, -1));
    std::string& known = headers[lower.get()];
    known += known.empty() ? value : std::string(", ") + value;
  }
  return headers;
}

}  // namespace klingtext
