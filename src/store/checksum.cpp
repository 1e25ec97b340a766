// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/checksum.h"

#include <glib.h>
#include <unistd.h>
#ifdef KLINGTEXT_XXHASH
// Compiled in: a library less to load.
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

#include <algorithm>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

constexpr std::size_t kPiece = 256 << 10;  // bytes
constexpr std::string_view kXxh128 = "xxh128:";
constexpr std::string_view kSha256 = "sha256:";

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

}  // namespace

// What the journals of the first versions have, and those of a build without xxHash.
class Sha256 {
 public:
  void clear() { g_checksum_reset(sum_.get()); }
  void add(std::string_view bytes) {
    g_checksum_update(sum_.get(), reinterpret_cast<const guchar*>(bytes.data()),
                      static_cast<gssize>(bytes.size()));
  }
  std::string text() const {
    // A copy: reading a GChecksum closes it.
    const GlibPtr<GChecksum, g_checksum_free> copy(g_checksum_copy(sum_.get()));
    return std::string(kSha256) + g_checksum_get_string(copy.get());
  }

 private:
  GlibPtr<GChecksum, g_checksum_free> sum_{g_checksum_new(G_CHECKSUM_SHA256)};
};

#ifdef KLINGTEXT_XXHASH
class Xxh128 {
 public:
  void clear() { XXH3_128bits_reset(state_.get()); }
  void add(std::string_view bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  std::string text() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    std::string text(kXxh128);
    static constexpr char kDigits[] = "0123456789abcdef";
    for (const unsigned char byte : canonical.digest) {
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 0xfU];
    }
    return text;
  }

 private:
  GlibPtr<XXH3_state_t, XXH3_freeState> state_{XXH3_createState()};
};
#endif

#ifdef KLINGTEXT_XXHASH
struct Checksum::State : Xxh128 {};
#else
struct Checksum::State : Sha256 {};
#endif

Checksum::Checksum() : state_(std::make_unique<State>()) {
  clear();
}

Checksum::~Checksum() = default;

void Checksum::clear() {
  state_->clear();
  size_ = 0;
}

void Checksum::add(std::string_view bytes) {
  state_->add(bytes);
  size_ += bytes.size();
}

bool Checksum::add_rest_of(int fd, std::uint64_t length) {
  return read_all(fd, size_, length, [&](std::string_view bytes) { add(bytes); });
}

std::string Checksum::text() const {
  return state_->text();
}

bool has_checksum(int fd, std::uint64_t length, const std::string& checksum) {
  if (checksum.starts_with(kSha256)) {
    Sha256 sum;
    return read_all(fd, 0, length, [&](std::string_view bytes) { sum.add(bytes); }) &&
           sum.text() == checksum;
  }
#ifndef KLINGTEXT_XXHASH
  // It cannot be computed, which is no sign of damage.
  constexpr std::size_t kDigits = 32;
  if (checksum.starts_with(kXxh128)) {
    return checksum.size() == kXxh128.size() + kDigits &&
           read_all(fd, 0, length, [](std::string_view) {});
  }
#endif
  Checksum sum;
  return sum.add_rest_of(fd, length) && sum.text() == checksum;
}

}  // namespace klingtext
