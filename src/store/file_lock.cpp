// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/file_lock.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/process_id.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxOwner = 512;  // bytes
constexpr int kRetries = 10;            // of a lock file that its last owner removed meanwhile

// File systems of one machine (linux/magic.h, and statfs(2) for the others). All others can be
// mounted by several hosts, or pass on such a one.
constexpr std::array<decltype(statfs::f_type), 16> kLocal{
    EXT4_SUPER_MAGIC,     XFS_SUPER_MAGIC,           BTRFS_SUPER_MAGIC,     TMPFS_MAGIC,
    RAMFS_MAGIC,          F2FS_SUPER_MAGIC,          OVERLAYFS_SUPER_MAGIC, MSDOS_SUPER_MAGIC,
    EXFAT_SUPER_MAGIC,    ECRYPTFS_SUPER_MAGIC,      REISERFS_SUPER_MAGIC,  HPFS_SUPER_MAGIC,
    0x2fc12fc1 /* ZFS */, 0xca451a4e /* bcachefs */, 0x3153464a /* JFS */,  0x7366746e /* NTFS3 */};

void note_owner(int fd) {
  const std::string owner = process_id() + '\n';
  if (ftruncate(fd, 0) == 0) (void)write_fully(fd, owner, 0);
}

}  // namespace

Result<std::optional<LockableFile>> open_lockable(const StoreDir& store, const std::string& name,
                                                  int flags) {
  while (true) {
    const unsigned forks = ForkGuard::forks();
    auto file = store.open_file(name, flags);
    if (!file.ok()) return file.as<std::optional<LockableFile>>();
    if (!*file) return std::optional<LockableFile>();
    ForkGuard guard(file->get());
    if (ForkGuard::forks() == forks) {
      return std::optional(LockableFile{std::move(*file), std::move(guard)});
    }
  }
}

FileLock::FileLock(std::shared_ptr<const StoreDir> store, std::string name, LockableFile file)
    : store_(std::move(store)), name_(std::move(name)), file_(std::move(file)) {}

FileLock::~FileLock() {
  if (has_name(*store_, name_, file_.fd.get())) store_->remove(name_);
  flock(file_.fd.get(), LOCK_UN);
}

bool has_name(const StoreDir& store, const std::string& name, int fd) {
  struct stat named {};
  struct stat open {};
  return fstatat(store.fd(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstat(fd, &open) == 0 && named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

Locked lock_file(int fd, int operation) {
  while (flock(fd, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == ESTALE || errno == ENOENT) return Locked::removed;
    return errno == EWOULDBLOCK || errno == EACCES ? Locked::no : Locked::failed;
  }
  return Locked::yes;
}

Result<StoreLock> StoreDir::try_lock(const std::string& name) const {
  for (int tries = 1;; ++tries) {
    auto opened = open_lockable(*this, name, O_RDWR | O_CREAT);
    if (!opened.ok()) return opened.as<StoreLock>();
    LockableFile& file = **opened;
    const Locked locked = lock_file(file.fd.get(), LOCK_EX);
    if (locked == Locked::failed) return error("lock " + name, errno);
    if (locked == Locked::no) return StoreLock();
    if (locked == Locked::yes && has_name(*this, name, file.fd.get())) {
      note_owner(file.fd.get());
      return StoreLock(std::make_unique<FileLock>(shared_from_this(), name, std::move(file)));
    }
    if (tries == kRetries) return StoreLock();
  }
}

bool StoreDir::is_locked(const std::string& name) const {
  const auto file = open_file(name, O_RDONLY);
  if (!file.ok() || !*file) return false;
  const Locked locked = lock_file(file->get(), LOCK_SH);
  // Explicitly: a child that was forked meanwhile has the open file as well.
  if (locked == Locked::yes) flock(file->get(), LOCK_UN);
  return locked == Locked::no;
}

std::string StoreDir::lock_owner(const std::string& name) const {
  const auto text = read_file(name, kMaxOwner);
  return text.ok() && *text ? trimmed(**text) : std::string();
}

bool StoreDir::locks_are_shared() const {
  struct statfs info {};
  return fstatfs(fd_.get(), &info) == 0 &&
         std::find(kLocal.begin(), kLocal.end(), info.f_type) != kLocal.end();
}

}  // namespace klingtext
