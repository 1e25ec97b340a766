// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "store/checksum.h"
#include "store/file_lock.h"

namespace klingtext {
namespace {

std::int64_t modified_ns(const struct stat& info) {
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000000000 + info.st_mtim.tv_nsec;
}

// Where the file system knows no O_TMPFILE, one whose name was removed: it can never have another.
Result<LockableFile> nameless_file(const StoreDir& store) {
  UniqueFd file(openat(store.fd(), ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (!file) {
    if (auto made = store.make_drafts_folder(); !made.ok()) return made.as<LockableFile>();
    const std::string draft = StoreDir::draft_name(".part");
    auto unlinked = store.open_file(draft, O_RDWR | O_CREAT | O_EXCL);
    if (!unlinked.ok()) return unlinked.as<LockableFile>();
    store.remove(draft);
    file = std::move(*unlinked);
  }
  ForkGuard guard(file.get());
  return LockableFile{std::move(file), std::move(guard)};
}

}  // namespace

std::string clip_name(const std::string& key) {
  return key + ".mp4";
}

std::string part_name(const StoreDir& store, const std::string& key) {
  return store.locks_are_shared() ? key + ".part"
                                  : StoreDir::drafts_name(key + '.' + store.mount_id() + ".part");
}

std::string part_log_name(const StoreDir& store, const std::string& key) {
  return part_name(store, key) + ".log";
}

bool is_cut(int fd, const StoredClip& clip) {
  return !clip.whole && mp4_state(fd, clip.length) == Mp4State::cut;
}

ClipCondition condition_of(int fd, const StoredClip& clip) {
  struct stat info {};
  const bool same_length =
      fstat(fd, &info) == 0 && static_cast<std::uint64_t>(info.st_size) == clip.length;
  // Copied or restored stores have other times and the same bytes.
  const bool same = same_length && (modified_ns(info) == clip.modified ||
                                    has_checksum(fd, clip.length, clip.checksum));
  if (!same) return ClipCondition::changed;
  return is_cut(fd, clip) ? ClipCondition::cut : ClipCondition::as_recorded;
}

Result<std::shared_ptr<ClipFile>> ClipFile::open_finished(const StoreDir& store,
                                                          const Entry& entry) {
  auto opened = open_lockable(store, clip_name(entry.key), O_RDONLY);
  if (!opened.ok()) return opened.as<std::shared_ptr<ClipFile>>();
  if (!*opened || !entry.clip) return std::shared_ptr<ClipFile>();
  const int fd = (*opened)->fd.get();
  auto file = std::shared_ptr<ClipFile>(new ClipFile(std::move(**opened), entry.key));
  (void)lock_file(fd, LOCK_SH);  // in use: not to be evicted
  switch (condition_of(fd, *entry.clip)) {
    case ClipCondition::as_recorded:
      break;
    case ClipCondition::changed:
      log(LogLevel::warning, "the clip of %s is damaged", entry.key.c_str());
      return std::shared_ptr<ClipFile>();
    case ClipCondition::cut:
      log(LogLevel::warning, "the clip of %s was cut while it was downloaded", entry.key.c_str());
      return std::shared_ptr<ClipFile>();
  }
  // The time of last use, for eviction; the time of change is the proof of being untouched.
  const struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  (void)futimens(fd, times);
  file->pin_ = Pin{entry.clip->length, {}};
  return file;
}

Result<std::shared_ptr<ClipFile>> ClipFile::open_part(std::shared_ptr<StoreDir> store,
                                                      const std::string& key) {
  if (!store->locks_are_shared()) {
    if (auto made = store->make_drafts_folder(); !made.ok()) {
      return made.as<std::shared_ptr<ClipFile>>();
    }
  }
  auto part = open_lockable(*store, part_name(*store, key), O_RDWR | O_CREAT);
  if (!part.ok()) return part.as<std::shared_ptr<ClipFile>>();
  const int fd = (*part)->fd.get();
  auto file = std::shared_ptr<ClipFile>(new ClipFile(std::move(**part), key));
  const bool ours =
      lock_file(fd, LOCK_EX) == Locked::yes && has_name(*store, part_name(*store, key), fd);
  if (!ours) {
    auto nameless = nameless_file(*store);
    if (!nameless.ok()) return nameless.as<std::shared_ptr<ClipFile>>();
    file = std::shared_ptr<ClipFile>(new ClipFile(std::move(*nameless), key));
  }
  file->store_ = std::move(store);
  if (!ours) return file;
  auto log = file->store_->open_file(part_log_name(*file->store_, key), O_RDWR | O_CREAT);
  if (!log.ok()) return log.as<std::shared_ptr<ClipFile>>();
  file->log_.emplace(std::move(*log));
  struct stat info {};
  if (fstat(file->fd_.get(), &info) != 0) return file->store_->error("check a download", errno);
  if (const auto left = file->log_->read(static_cast<std::uint64_t>(info.st_size))) {
    file->pin_ = left->pin;
    file->found_ = left->present;
  } else if (auto begun = file->restart(std::nullopt); !begun.ok()) {
    return begun.as<std::shared_ptr<ClipFile>>();
  }
  return file;
}

// Explicitly, because a child that is forked right now may have the open file as well.
ClipFile::~ClipFile() {
  flock(fd_.get(), LOCK_UN);
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

Mp4State ClipFile::mp4_state(std::uint64_t length) const {
  return klingtext::mp4_state(fd_.get(), length);
}

Result<StoredClip> ClipFile::seal(std::uint64_t length) {
  if (fsync(fd_.get()) != 0) return store_->error("hold the clip", errno);
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) return store_->error("check the clip", errno);
  if (static_cast<std::uint64_t>(info.st_size) != length || !sum_.add_rest_of(fd_.get(), length)) {
    return store_->error("hold the clip", EIO);
  }
  return StoredClip{length, sum_.text(), modified_ns(info), false, true};
}

Outcome ClipFile::publish() {
  if (log_) {
    if (auto renamed = store_->rename(part_name(*store_, key_), clip_name(key_)); !renamed.ok()) {
      return renamed;
    }
    store_->remove(part_log_name(*store_, key_));
  } else {
    // Gives the nameless file a name, then the clip's: what has that already is as good or damaged.
    const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
    if (auto made = store_->make_drafts_folder(); !made.ok()) return made;
    const std::string draft = StoreDir::draft_name(".mp4");
    if (linkat(AT_FDCWD, self.c_str(), store_->fd(), draft.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      if (errno == ENOENT) return Done{};  // left to whoever fills the .part
      return store_->error("name the clip", errno);
    }
    if (auto renamed = store_->rename(draft, clip_name(key_)); !renamed.ok()) return renamed;
    remove_abandoned_part();
  }
  (void)lock_file(fd_.get(), LOCK_SH);  // from filling to reading
  return Done{};
}

// What an ended process left of the same clip.
void ClipFile::remove_abandoned_part() const {
  const auto part = store_->open_file(part_name(*store_, key_), O_RDWR);
  if (!part.ok() || !*part || lock_file(part->get(), LOCK_EX) != Locked::yes) return;
  store_->remove(part_name(*store_, key_));
  store_->remove(part_log_name(*store_, key_));
}

}  // namespace klingtext
