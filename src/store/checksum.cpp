// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/checksum.h"

#include <glib.h>
#include <unistd.h>
// Compiled in: a library less to load.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

constexpr std::size_t kPiece = 256 << 10;  // bytes
constexpr std::string_view kXxh128 = "xxh128:";
constexpr std::string_view kSha256 = "sha256:";

using GChecksumPtr = GlibPtr<GChecksum, g_checksum_free>;

template <typename Add>
bool read_all(int fd, std::uint64_t begin, std::uint64_t end, Add add) {
  std::string piece(kPiece, '\0');
  while (begin < end) {
    const ssize_t got = pread(fd, piece.data(), std::min<std::uint64_t>(piece.size(), end - begin),
                              static_cast<off_t>(begin));
    if (got <= 0) return false;
    add(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
    begin += static_cast<std::uint64_t>(got);
  }
  return true;
}

// What the journals of the first versions have.
bool has_sha256(int fd, std::uint64_t length, std::string_view expected) {
  const GChecksumPtr sum(g_checksum_new(G_CHECKSUM_SHA256));
  const auto add = [&](std::string_view bytes) {
    g_checksum_update(sum.get(), reinterpret_cast<const guchar*>(bytes.data()),
                      static_cast<gssize>(bytes.size()));
  };
  return read_all(fd, 0, length, add) && g_checksum_get_string(sum.get()) == expected;
}

}  // namespace

struct Checksum::State {
  GlibPtr<XXH3_state_t, XXH3_freeState> xxh3{XXH3_createState()};
};

Checksum::Checksum() : state_(std::make_unique<State>()) {
  clear();
}

Checksum::~Checksum() = default;

void Checksum::clear() {
  XXH3_128bits_reset(state_->xxh3.get());
  size_ = 0;
}

void Checksum::add(std::string_view bytes) {
  XXH3_128bits_update(state_->xxh3.get(), bytes.data(), bytes.size());
  size_ += bytes.size();
}

bool Checksum::add_rest_of(int fd, std::uint64_t length) {
  return read_all(fd, size_, length, [&](std::string_view bytes) { add(bytes); });
}

std::string Checksum::text() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->xxh3.get()));
  std::string text(kXxh128);
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const unsigned char byte : canonical.digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
  return text;
}

bool has_checksum(int fd, std::uint64_t length, const std::string& checksum) {
  if (checksum.starts_with(kSha256)) {
    return has_sha256(fd, length, std::string_view(checksum).substr(kSha256.size()));
  }
  Checksum sum;
  return sum.add_rest_of(fd, length) && sum.text() == checksum;
}

}  // namespace klingtext
