// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip_file.h"

#include <fcntl.h>
#include <gnutls/crypto.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/log.h"
#include "base/random.h"
#include "store/mp4_boxes.h"

namespace klingtext {
namespace {

std::int64_t modified_ns(const struct stat& info) {
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000000000 + info.st_mtim.tv_nsec;
}

// True when the open file still is what the name leads to.
bool has_name(const StoreDir& store, const std::string& name, int fd) {
  struct stat named {};
  struct stat open {};
  return fstatat(store.fd(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstat(fd, &open) == 0 && named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

// Where the file system knows no O_TMPFILE, one whose name was removed: it can never have another.
Result<UniqueFd> nameless_file(const StoreDir& store, const std::string& key) {
  UniqueFd file(openat(store.fd(), ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (file) return file;
  const std::string draft = "." + key + "." + random_hex(6) + ".part";
  auto unlinked = store.open_file(draft, O_RDWR | O_CREAT | O_EXCL);
  if (unlinked.ok()) store.remove(draft);
  return unlinked;
}

// GnuTLS is in the process for https: anyway, and unlike GLib it has the processor's instructions
// for SHA-256, which otherwise would cost more than the download.
class Sha256 {
 public:
  Sha256() { usable_ = gnutls_hash_init(&sum_, GNUTLS_DIG_SHA256) == 0; }
  ~Sha256() {
    if (usable_) gnutls_hash_deinit(sum_, nullptr);
  }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes) {
    usable_ = usable_ && gnutls_hash(sum_, bytes.data(), bytes.size()) == 0;
  }
  // Empty when it could not be made.
  std::string hex() {
    if (!usable_) return {};
    std::array<unsigned char, 32> digest{};
    gnutls_hash_output(sum_, digest.data());
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 0xfU];
    }
    return text;
  }

 private:
  gnutls_hash_hd_t sum_ = nullptr;
  bool usable_ = false;
};

}  // namespace

std::string clip_name(const std::string& key) {
  return key + ".mp4";
}

std::string part_name(const std::string& key) {
  return key + ".part";
}

std::string part_log_name(const std::string& key) {
  return key + ".part.log";
}

std::string file_sha256(int fd, std::uint64_t length) {
  Sha256 sum;
  std::string piece(1 << 18, '\0');
  for (std::uint64_t at = 0; at < length;) {
    const ssize_t got = pread(fd, piece.data(), std::min<std::uint64_t>(piece.size(), length - at),
                              static_cast<off_t>(at));
    if (got <= 0) return {};
    sum.add(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
    at += static_cast<std::uint64_t>(got);
  }
  return sum.hex();
}

Result<std::shared_ptr<ClipFile>> ClipFile::open_finished(const StoreDir& store,
                                                          const Entry& entry) {
  auto fd = store.open_file(clip_name(entry.key), O_RDONLY);
  if (!fd.ok()) return fd.as<std::shared_ptr<ClipFile>>();
  if (!*fd || !entry.clip) return std::shared_ptr<ClipFile>();
  (void)flock(fd->get(), LOCK_SH | LOCK_NB);  // in use: not to be evicted
  struct stat info {};
  fstat(fd->get(), &info);
  const bool untouched = static_cast<std::uint64_t>(info.st_size) == entry.clip->length &&
                         modified_ns(info) == entry.clip->modified;
  // Copied or restored stores have other times and the same bytes.
  if (!untouched && (static_cast<std::uint64_t>(info.st_size) != entry.clip->length ||
                     file_sha256(fd->get(), entry.clip->length) != entry.clip->sha256)) {
    log(LogLevel::warning, "the clip of %s is damaged", entry.key.c_str());
    return std::shared_ptr<ClipFile>();
  }
  // The time of last use, for eviction; the time of change is the proof of being untouched.
  const struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  (void)futimens(fd->get(), times);
  auto file = std::shared_ptr<ClipFile>(new ClipFile(std::move(*fd), entry.key));
  file->pin_ = Pin{entry.clip->length, {}};
  return file;
}

Result<std::shared_ptr<ClipFile>> ClipFile::open_part(std::shared_ptr<StoreDir> store,
                                                      const std::string& key) {
  auto fd = store->open_file(part_name(key), O_RDWR | O_CREAT);
  if (!fd.ok()) return fd.as<std::shared_ptr<ClipFile>>();
  const bool ours =
      flock(fd->get(), LOCK_EX | LOCK_NB) == 0 && has_name(*store, part_name(key), fd->get());
  if (!ours) {
    fd = nameless_file(*store, key);
    if (!fd.ok()) return fd.as<std::shared_ptr<ClipFile>>();
  }
  auto file = std::shared_ptr<ClipFile>(new ClipFile(std::move(*fd), key));
  file->store_ = std::move(store);
  if (!ours) return file;
  auto log = file->store_->open_file(part_log_name(key), O_RDWR | O_CREAT | O_APPEND);
  if (!log.ok()) return log.as<std::shared_ptr<ClipFile>>();
  file->log_ = std::move(*log);
  if (!file->load_log()) {
    if (auto begun = file->restart(std::nullopt); !begun.ok()) {
      return begun.as<std::shared_ptr<ClipFile>>();
    }
  }
  return file;
}

bool ClipFile::load_log() {
  const auto text = store_->read_file(part_log_name(key_), kMaxPartLog);
  if (!text.ok() || !*text) return false;
  struct stat info {};
  fstat(fd_.get(), &info);
  auto known = read_part_log(**text, static_cast<std::uint64_t>(info.st_size));
  if (!known) return false;
  pin_ = std::move(known->pin);
  found_ = std::move(known->present);
  log_size_ = (*text)->size();
  return true;
}

Outcome ClipFile::start_log() {
  if (!log_) return Done{};
  if (ftruncate(log_.get(), 0) != 0) return store_->error("restart a download", errno);
  const std::string head = part_log_head(pin_);
  const int failed = write_fully(log_.get(), head, 0);
  if (failed != 0) return store_->error("note a download", failed);
  log_size_ = head.size();
  return Done{};
}

Outcome ClipFile::restart(const std::optional<Pin>& pin) {
  pin_ = pin;
  found_ = Extents();
  if (ftruncate(fd_.get(), 0) != 0) return store_->error("restart a download", errno);
  return start_log();
}

void ClipFile::forget_progress() {
  if (log_) (void)!ftruncate(log_.get(), 0);
}

Outcome ClipFile::write(std::string_view bytes, std::uint64_t offset) {
  if (const int failed = write_fully(fd_.get(), bytes, static_cast<off_t>(offset)); failed != 0) {
    return store_->error("hold the clip", failed);
  }
  if (!log_ || !pin_) return Done{};
  const std::string line = part_log_line({offset, offset + bytes.size()});
  if (log_size_ + line.size() > kMaxPartLog) return Done{};
  log_size_ += line.size();
  // Opened for appending, so the offset does not matter. A lost line costs a byte range, no more.
  (void)write_fully(log_.get(), line, 0);
  return Done{};
}

ssize_t ClipFile::read(char* into, std::size_t size, std::uint64_t offset) const {
  ssize_t got = 0;
  do {
    got = pread(fd_.get(), into, size, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

bool ClipFile::boxes_close(std::uint64_t length) const {
  return klingtext::boxes_close(fd_.get(), length);
}

Result<StoredClip> ClipFile::seal(std::uint64_t length) {
  if (fsync(fd_.get()) != 0) return store_->error("hold the clip", errno);
  struct stat info {};
  fstat(fd_.get(), &info);
  if (static_cast<std::uint64_t>(info.st_size) != length) {
    return store_->error("hold the clip", EIO);
  }
  return StoredClip{length, file_sha256(fd_.get(), length), modified_ns(info)};
}

Outcome ClipFile::publish() {
  if (log_) {
    if (auto renamed = store_->rename(part_name(key_), clip_name(key_)); !renamed.ok()) {
      return renamed;
    }
    store_->remove(part_log_name(key_));
  } else {
    // Gives the nameless file a name, then the clip's: what has that already is as good or damaged.
    const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
    const std::string draft = "." + key_ + "." + random_hex(6) + ".mp4";
    if (linkat(AT_FDCWD, self.c_str(), store_->fd(), draft.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      if (errno == ENOENT) return Done{};  // left to whoever fills the .part
      return store_->error("name the clip", errno);
    }
    if (auto renamed = store_->rename(draft, clip_name(key_)); !renamed.ok()) return renamed;
  }
  (void)flock(fd_.get(), LOCK_SH | LOCK_NB);  // from filling to reading
  return Done{};
}

}  // namespace klingtext
