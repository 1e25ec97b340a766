// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transport/authority.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <type_traits>

namespace klingtext::test {
namespace {

void must(int result) {
  if (result < 0) throw std::runtime_error(gnutls_strerror(result));
}

struct Deinit {
  void operator()(gnutls_x509_crt_t crt) const { gnutls_x509_crt_deinit(crt); }
  void operator()(gnutls_x509_privkey_t key) const { gnutls_x509_privkey_deinit(key); }
};
using Crt = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, Deinit>;
using Key = std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, Deinit>;

Crt new_crt() {
  gnutls_x509_crt_t crt = nullptr;
  must(gnutls_x509_crt_init(&crt));
  return Crt(crt);
}

Key new_key() {
  gnutls_x509_privkey_t key = nullptr;
  must(gnutls_x509_privkey_init(&key));
  return Key(key);
}

std::string text_of(gnutls_datum_t datum) {
  std::string text(reinterpret_cast<const char*>(datum.data), datum.size);
  gnutls_free(datum.data);
  return text;
}

gnutls_datum_t datum_of(const std::string& text) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
          static_cast<unsigned>(text.size())};
}

Key made_key() {
  Key key = new_key();
  must(gnutls_x509_privkey_generate(key.get(), GNUTLS_PK_ECDSA,
                                    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

Crt described(const Wanted& wanted, const Key& key) {
  Crt crt = new_crt();
  std::array<unsigned char, 8> serial{};
  must(gnutls_rnd(GNUTLS_RND_NONCE, serial.data(), serial.size()));
  serial[0] &= 0x7fU;
  must(gnutls_x509_crt_set_version(crt.get(), 3));
  must(gnutls_x509_crt_set_serial(crt.get(), serial.data(), serial.size()));
  must(gnutls_x509_crt_set_key(crt.get(), key.get()));
  must(gnutls_x509_crt_set_activation_time(crt.get(), time(nullptr) + wanted.valid_from));
  must(gnutls_x509_crt_set_expiration_time(crt.get(), time(nullptr) + wanted.valid_until));
  must(gnutls_x509_crt_set_dn_by_oid(crt.get(), GNUTLS_OID_X520_COMMON_NAME, 0, wanted.name.data(),
                                     static_cast<unsigned>(wanted.name.size())));
  must(gnutls_x509_crt_set_subject_alt_name(crt.get(), GNUTLS_SAN_DNSNAME, wanted.name.data(),
                                            static_cast<unsigned>(wanted.name.size()),
                                            GNUTLS_FSAN_SET));
  return crt;
}

Identity signed_by(const Crt& crt, const Key& key, const Crt& issuer, const Key& issuer_key) {
  must(gnutls_x509_crt_sign2(crt.get(), issuer.get(), issuer_key.get(), GNUTLS_DIG_SHA256, 0));
  gnutls_datum_t certificate{};
  gnutls_datum_t secret{};
  must(gnutls_x509_crt_export2(crt.get(), GNUTLS_X509_FMT_PEM, &certificate));
  must(gnutls_x509_privkey_export2(key.get(), GNUTLS_X509_FMT_PEM, &secret));
  return {text_of(certificate), text_of(secret)};
}

}  // namespace

Authority::Authority(const std::string& name) {
  const Key key = made_key();
  const Crt crt = described({.name = name}, key);
  must(gnutls_x509_crt_set_ca_status(crt.get(), 1));
  must(gnutls_x509_crt_set_key_usage(crt.get(), GNUTLS_KEY_KEY_CERT_SIGN));
  own_ = signed_by(crt, key, crt, key);
}

Identity Authority::issue(const Wanted& wanted) const {
  const Crt issuer = new_crt();
  const Key issuer_key = new_key();
  const gnutls_datum_t certificate = datum_of(own_.certificate);
  const gnutls_datum_t secret = datum_of(own_.key);
  must(gnutls_x509_crt_import(issuer.get(), &certificate, GNUTLS_X509_FMT_PEM));
  must(gnutls_x509_privkey_import(issuer_key.get(), &secret, GNUTLS_X509_FMT_PEM));
  const Key key = made_key();
  return signed_by(described(wanted, key), key, issuer, issuer_key);
}

Identity Authority::self_signed(const Wanted& wanted) {
  const Key key = made_key();
  const Crt crt = described(wanted, key);
  return signed_by(crt, key, crt, key);
}

}  // namespace klingtext::test
