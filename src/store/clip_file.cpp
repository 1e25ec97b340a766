// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "base/random.h"
#include "store/checksum.h"
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
                     !has_checksum(fd->get(), entry.clip->length, entry.clip->checksum))) {
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
  auto log = file->store_->open_file(part_log_name(key), O_RDWR | O_CREAT);
  if (!log.ok()) return log.as<std::shared_ptr<ClipFile>>();
  file->log_.emplace(std::move(*log));
  struct stat info {};
  fstat(file->fd_.get(), &info);
  if (const auto left = file->log_->read(static_cast<std::uint64_t>(info.st_size))) {
    file->pin_ = left->pin;
    file->found_ = left->present;
  } else if (auto begun = file->restart(std::nullopt); !begun.ok()) {
    return begun.as<std::shared_ptr<ClipFile>>();
  }
  return file;
}

Outcome ClipFile::restart(const std::optional<Pin>& pin) {
  pin_ = pin;
  found_ = Extents();
  sum_.clear();
  if (ftruncate(fd_.get(), 0) != 0) return store_->error("restart a download", errno);
  const int failed = log_ ? log_->start(pin) : 0;
  return failed == 0 ? Outcome(Done{}) : Outcome(store_->error("note a download", failed));
}

void ClipFile::forget_progress() {
  if (log_) log_->forget();
}

Outcome ClipFile::write(std::string_view bytes, std::uint64_t offset) {
  if (const int failed = write_fully(fd_.get(), bytes, static_cast<off_t>(offset)); failed != 0) {
    return store_->error("hold the clip", failed);
  }
  if (log_ && pin_) log_->note({offset, offset + bytes.size()});
  if (offset == sum_.size()) sum_.add(bytes);
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
  if (static_cast<std::uint64_t>(info.st_size) != length || !sum_.add_rest_of(fd_.get(), length)) {
    return store_->error("hold the clip", EIO);
  }
  return StoredClip{length, sum_.text(), modified_ns(info)};
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
