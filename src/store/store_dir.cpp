// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/glib_ptr.h"
#include "base/random.h"

namespace klingtext {
namespace {

Error store_error(const std::string& path, const std::string& why, const std::string& next) {
  return Error{.kind = ErrorKind::store, .message = "The store " + path + " " + why + " " + next};
}

int retry_fsync(int fd) {
  while (fsync(fd) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

Result<UniqueFd> open_folder(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) return fd;
  const bool link = errno == ELOOP || errno == ENOTDIR;
  return store_error(path,
                     link ? "is a link or no folder."
                          : std::string("cannot be opened (") + g_strerror(errno) + ").",
                     "Set store-dir to a folder of your own.");
}

}  // namespace

std::string default_store_path() {
  return std::string(g_get_user_data_dir()) + "/klingtext";
}

int write_fully(int fd, std::string_view bytes, off_t offset) {
  while (!bytes.empty()) {
    const ssize_t wrote = pwrite(fd, bytes.data(), bytes.size(), offset);
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    offset += wrote;
  }
  return 0;
}

Error StoreDir::error(const std::string& doing, int error_number) const {
  const std::string why = std::string("cannot ") + doing + " (" + g_strerror(error_number) + ").";
  if (error_number == ENOSPC || error_number == EDQUOT) {
    return Error{.kind = ErrorKind::no_space,
                 .message = "The store " + path_ + " " + why +
                            " Free some space, or set store-dir to a larger disk."};
  }
  return store_error(path_, why, "Make it writable, or set store-dir to another folder.");
}

Result<std::shared_ptr<StoreDir>> StoreDir::open(const std::string& given) {
  // With a slash behind it a link would be followed.
  std::string path = given;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (g_mkdir_with_parents(path.c_str(), 0700) != 0) {
    return store_error(path, std::string("cannot be made (") + g_strerror(errno) + ").",
                       "Set store-dir to a folder of your own.");
  }
  auto fd = open_folder(path);
  if (!fd.ok()) return fd.as<std::shared_ptr<StoreDir>>();
  struct stat info {};
  fstat(fd->get(), &info);
  if (info.st_uid != geteuid()) {
    return store_error(path, "belongs to another user.", "Set store-dir to a folder of your own.");
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return store_error(path, "can be written by other users.", "Run chmod 700 on it first.");
  }
  // Prompts and clips are nobody else's to read; a folder we may not change stays as it is.
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) (void)fchmod(fd->get(), 0700);
  return std::shared_ptr<StoreDir>(new StoreDir(path, std::move(*fd)));
}

Result<std::shared_ptr<StoreDir>> StoreDir::open_to_look(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::shared_ptr<StoreDir>(new StoreDir(path, UniqueFd()));
  }
  auto fd = open_folder(path);
  if (!fd.ok()) return fd.as<std::shared_ptr<StoreDir>>();
  return std::shared_ptr<StoreDir>(new StoreDir(path, std::move(*fd)));
}

Result<UniqueFd> StoreDir::open_file(const std::string& name, int flags) const {
  // Non-blocking, lest a pipe laid in our way hangs us.
  UniqueFd file(openat(fd_.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!file) {
    if (errno == ENOENT && (flags & O_CREAT) == 0) return UniqueFd();
    if (errno == ELOOP) {
      return store_error(path_, "has a link where a file should be: " + name + ".", "Remove it.");
    }
    return error("open " + name, errno);
  }
  struct stat info {};
  fstat(file.get(), &info);
  if (!S_ISREG(info.st_mode)) {
    return store_error(path_, "has something that is no file: " + name + ".", "Remove it.");
  }
  return file;
}

Result<std::optional<std::string>> StoreDir::read_file(const std::string& name,
                                                       std::size_t max) const {
  auto file = open_file(name, O_RDONLY);
  if (!file.ok()) return file.as<std::optional<std::string>>();
  if (!*file) return std::optional<std::string>();
  struct stat info {};
  fstat(file->get(), &info);
  max = std::min(max, static_cast<std::size_t>(info.st_size));
  std::string bytes(max, '\0');
  std::size_t have = 0;
  while (have < max) {
    const ssize_t got = read(file->get(), bytes.data() + have, max - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error("read " + name, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return std::optional(std::move(bytes));
}

Result<bool> StoreDir::write_file(const std::string& name, std::string_view bytes,
                                  Replace replace) const {
  const std::string draft = "." + name + "." + random_hex(6) + ".tmp";
  auto file = open_file(draft, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) return file.as<bool>();
  int failed = write_fully(file->get(), bytes, 0);
  if (failed == 0) failed = retry_fsync(file->get());
  bool placed = false;
  if (failed == 0) {
    // A link and not a rename where nothing may be replaced: it is atomic and fails on a file.
    const int result = replace == Replace::yes
                           ? renameat(fd_.get(), draft.c_str(), fd_.get(), name.c_str())
                           : linkat(fd_.get(), draft.c_str(), fd_.get(), name.c_str(), 0);
    placed = result == 0;
    if (!placed && errno != EEXIST) failed = errno;
  }
  if (!placed || replace == Replace::no) remove(draft);
  if (failed != 0) return error("write " + name, failed);
  if (auto synced = sync(); !synced.ok()) return synced.as<bool>();
  return placed;
}

Outcome StoreDir::rename(const std::string& from, const std::string& to) const {
  if (renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0) {
    return error("rename " + from, errno);
  }
  return sync();
}

void StoreDir::remove(const std::string& name) const {
  unlinkat(fd_.get(), name.c_str(), 0);
}

Outcome StoreDir::sync() const {
  const int failed = retry_fsync(fd_.get());
  if (failed != 0 && failed != EINVAL) return error("be synchronised", failed);
  return Done{};
}

Result<std::optional<StoreLock>> StoreDir::try_lock(const std::string& name) const {
  auto file = open_file(name, O_RDWR | O_CREAT);
  if (!file.ok()) return file.as<std::optional<StoreLock>>();
  if (flock(file->get(), LOCK_EX | LOCK_NB) == 0) return std::optional(std::move(*file));
  if (errno == EWOULDBLOCK || errno == EINTR) return std::optional<StoreLock>();
  return error("lock " + name, errno);
}

bool StoreDir::is_locked(const std::string& name) const {
  const auto file = open_file(name, O_RDONLY);
  return file.ok() && *file && flock(file->get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::vector<std::string> StoreDir::names_ending_in(const std::string& suffix) const {
  std::vector<std::string> names;
  // A descriptor of its own: closedir would close ours, and readdir would move its position.
  const int copy = openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return names;
  const GlibPtr<DIR, closedir> folder(fdopendir(copy));
  while (const dirent* item = readdir(folder.get())) {
    std::string name = item->d_name;
    if (!name.starts_with('.') && name.ends_with(suffix)) names.push_back(std::move(name));
  }
  return names;
}

std::uint64_t StoreDir::free_space() const {
  struct statvfs info {};
  if (fstatvfs(fd_.get(), &info) != 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace klingtext
