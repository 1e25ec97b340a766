// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transport/tls_front.h"

#include <stdexcept>

#include "transport/relay.h"

namespace klingtext::test {
namespace {

gnutls_datum_t datum_of(const std::string& text) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
          static_cast<unsigned>(text.size())};
}

struct Session {
  Session(int descriptor, gnutls_certificate_credentials_t credentials,
          const std::string& protocol) {
    gnutls_init(&tls, GNUTLS_SERVER);
    gnutls_set_default_priority(tls);
    gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(tls, descriptor);
    if (protocol.empty()) return;
    const gnutls_datum_t spoken = datum_of(protocol);
    gnutls_alpn_set_protocols(tls, &spoken, 1, 0);
  }
  ~Session() { gnutls_deinit(tls); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool shakes_hands() const {
    int result = 0;
    do {
      result = gnutls_handshake(tls);
    } while (result < 0 && gnutls_error_is_fatal(result) == 0);
    return result == GNUTLS_E_SUCCESS;
  }
  long read(std::span<char> into) const {
    long n = 0;
    do {
      n = gnutls_record_recv(tls, into.data(), into.size());
    } while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
    return n;
  }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = gnutls_record_send(tls, bytes.data(), bytes.size());
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  gnutls_session_t tls = nullptr;
};

}  // namespace

TlsFront::TlsFront(const Identity& identity, std::uint16_t service_port, std::string protocol)
    : service_port_(service_port), protocol_(std::move(protocol)) {
  gnutls_certificate_allocate_credentials(&credentials_);
  const gnutls_datum_t certificate = datum_of(identity.certificate);
  const gnutls_datum_t key = datum_of(identity.key);
  if (gnutls_certificate_set_x509_key_mem(credentials_, &certificate, &key, GNUTLS_X509_FMT_PEM) <
      0) {
    throw std::runtime_error("not an identity");
  }
  listener_ = std::make_unique<Listener>(
      std::uint16_t{0},
      [this](const std::stop_token&, SocketStream& stream, std::uint16_t) { serve(stream); });
}

TlsFront::~TlsFront() {
  listener_.reset();
  gnutls_certificate_free_credentials(credentials_);
}

void TlsFront::serve(SocketStream& stream) {
  ++connections_;
  const Session session(stream.descriptor(), credentials_, protocol_);
  if (!session.shakes_hands()) return;
  ++handshakes_;
  const UniqueFd service = connection_to(service_port_);
  relay({.descriptor = stream.descriptor(),
         .read = [&](std::span<char> into) { return session.read(into); },
         .write = [&](std::string_view bytes) { return session.write(bytes); },
         .holds_bytes = [&] { return gnutls_record_check_pending(session.tls) > 0; }},
        plain_end(service.get()), [this](std::string_view bytes) { bytes_ += bytes.size(); });
}

}  // namespace klingtext::test
