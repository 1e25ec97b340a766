// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <limits>
#include <thread>

#include "base/glib_ptr.h"
#include "base/process_id.h"
#include "base/random.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr const char* kDrafts = "drafts";
constexpr std::time_t kStaleDraft = 86400;  // seconds
// Opening a file that another host replaced answers ESTALE until this host's caches of names and
// attributes end: one second each on GlusterFS, less on NFS.
constexpr int kReopen = 150;
constexpr std::chrono::milliseconds kBeforeReopen{20};

Error store_error(const std::string& path, const std::string& why, const std::string& next) {
  return Error{.kind = ErrorKind::store, .message = "The store " + path + " " + why + " " + next};
}

constexpr const char* kOwnFolder = "Set store-dir to a folder of your own.";
constexpr const char* kReadAgain =
    "Run this again when it can be read: with another store-dir the same request would be paid "
    "again.";

UniqueFd open_folder_at(int parent, const std::string& path) {
  return UniqueFd(openat(parent, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// A folder that exists. When another host has just made it, this one can answer ENOENT for a while.
UniqueFd open_made_folder_at(int parent, const std::string& path) {
  UniqueFd fd = open_folder_at(parent, path);
  for (int tries = 1; !fd && (errno == ENOENT || errno == ESTALE) && tries < kReopen; ++tries) {
    std::this_thread::sleep_for(kBeforeReopen);
    fd = open_folder_at(parent, path);
  }
  return fd;
}

Error cannot_open(const std::string& path, int failed) {
  if (failed == ELOOP || failed == ENOTDIR) {
    return store_error(path, "is a link or no folder.", kOwnFolder);
  }
  const bool foreign = failed == EACCES || failed == EPERM || failed == ENOENT;
  return store_error(path, std::string("cannot be opened (") + g_strerror(failed) + ").",
                     foreign ? kOwnFolder : kReadAgain);
}

// errno on failure. A folder that exists is none.
int make_folder(const std::filesystem::path& path) {
  if (mkdir(path.c_str(), 0700) != 0) return errno == EEXIST ? 0 : errno;
  const std::string parent = path.has_parent_path() ? path.parent_path().string() : ".";
  const UniqueFd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int failed = folder ? sync_fully(folder.get()) : 0;
  return failed == EINVAL ? 0 : failed;
}

// The folder and its missing parents (0700), each on the disk. errno on failure.
int make_folders(const std::filesystem::path& path) {
  const int failed = make_folder(path);
  if (failed != ENOENT || !path.has_relative_path()) return failed;
  const int parents = make_folders(path.parent_path());
  return parents == 0 ? make_folder(path) : parents;
}

}  // namespace

// The XDG base directory specification has relative paths ignored. GLib does not, and then the same
// request in another working directory would have another store. Empty when there is no home.
std::string default_store_path() {
  const char* data = g_getenv("XDG_DATA_HOME");
  if (data != nullptr && g_path_is_absolute(data)) return std::string(data) + "/klingtext";
  const char* home = g_getenv("HOME");
  std::array<char, 16384> strings{};
  struct passwd account {};
  struct passwd* found = nullptr;
  if (home == nullptr || !g_path_is_absolute(home)) {
    (void)getpwuid_r(geteuid(), &account, strings.data(), strings.size(), &found);
    home = found == nullptr ? nullptr : found->pw_dir;
  }
  if (home == nullptr || !g_path_is_absolute(home)) return {};
  return std::string(home) + "/.local/share/klingtext";
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

int sync_fully(int fd) {
  while (fsync(fd) != 0) {
    if (errno != EINTR) return errno;
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
  if (error_number == EMFILE || error_number == ENFILE) {
    return store_error(path_, why, "Close files, or raise the limit of open files (ulimit -n).");
  }
  return store_error(path_, why, "Make it writable, or set store-dir to another folder.");
}

Error StoreDir::read_error(const std::string& doing, int error_number) const {
  if (error_number == EMFILE || error_number == ENFILE) return error(doing, error_number);
  return store_error(path_, "cannot " + doing + " (" + g_strerror(error_number) + ").", kReadAgain);
}

Result<std::shared_ptr<StoreDir>> StoreDir::open(const std::string& given) {
  // With a slash behind it a link would be followed.
  std::string path = given;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (const int failed = make_folders(path); failed != 0) {
    return store_error(path, std::string("cannot be made (") + g_strerror(failed) + ").",
                       kOwnFolder);
  }
  UniqueFd fd = open_made_folder_at(AT_FDCWD, path);
  if (!fd) return cannot_open(path, errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) {
    return store_error(path, std::string("cannot be checked (") + g_strerror(errno) + ").",
                       "Run this again, or set store-dir to another folder.");
  }
  if (info.st_uid != geteuid()) {
    return store_error(path, "belongs to another user.", kOwnFolder);
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return store_error(path, "can be written by other users.", "Run chmod 700 on it first.");
  }
  // Prompts and clips are private; a folder whose mode cannot be changed stays as it is.
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) (void)fchmod(fd.get(), 0700);
  const std::shared_ptr<StoreDir> store(new StoreDir(path, std::move(fd)));
  store->remove_stale_drafts();
  return store;
}

Result<std::shared_ptr<StoreDir>> StoreDir::open_to_look(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::shared_ptr<StoreDir>(new StoreDir(path, UniqueFd()));
  }
  UniqueFd fd = open_folder_at(AT_FDCWD, path);
  if (!fd) return cannot_open(path, errno);
  return std::shared_ptr<StoreDir>(new StoreDir(path, std::move(fd)));
}

Result<StoreDir::Place> StoreDir::place_of(const std::string& name, Missing missing) const {
  Place place{UniqueFd(), fd_.get(), name};
  for (auto slash = name.find('/'); slash != std::string::npos; slash = place.name.find('/')) {
    const std::string folder = place.name.substr(0, slash);
    place.name.erase(0, slash + 1);
    if (missing == Missing::create && mkdirat(place.folder, folder.c_str(), 0700) == 0) {
      const int failed = sync_fully(place.folder);
      if (failed != 0 && failed != EINVAL) return error("make " + folder, failed);
    }
    UniqueFd opened = missing == Missing::create ? open_made_folder_at(place.folder, folder)
                                                 : open_folder_at(place.folder, folder);
    if (!opened && missing == Missing::is_error && errno == ENOENT) return Place{};
    if (!opened) return error("open " + folder, errno);
    place.folder = opened.get();
    place.opened = std::move(opened);
  }
  return place;
}

Result<UniqueFd> StoreDir::open_file(const std::string& name, int flags) const {
  const auto place = place_of(name, Missing::is_error);
  if (!place.ok()) return place.as<UniqueFd>();
  if (place->folder < 0) return UniqueFd();
  for (int tries = 1;; ++tries) {
    // Non-blocking, because opening a pipe would wait for its other end.
    UniqueFd file(openat(place->folder, place->name.c_str(),
                         flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    struct stat info {};
    const int failed = file && fstat(file.get(), &info) == 0 ? 0 : errno;
    // GlusterFS answers ENOENT where another host removes the file while this one creates it.
    const bool again = failed == ESTALE || (failed == ENOENT && (flags & O_CREAT) != 0);
    if (again && tries < kReopen) {
      if (file && (flags & O_EXCL) != 0) unlinkat(place->folder, place->name.c_str(), 0);
      std::this_thread::sleep_for(kBeforeReopen);
      continue;
    }
    if (failed == ENOENT && (flags & O_CREAT) == 0) return UniqueFd();
    if (failed == ELOOP) {
      return store_error(path_, "has a link where a file should be: " + name + ".", "Remove it.");
    }
    if (failed != 0) {
      const bool to_read = (flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0;
      return to_read ? read_error("open " + name, failed) : error("open " + name, failed);
    }
    if (!S_ISREG(info.st_mode)) {
      return store_error(path_, "has something that is no file: " + name + ".", "Remove it.");
    }
    return file;
  }
}

Result<std::optional<std::string>> StoreDir::read_file(const std::string& name,
                                                       std::size_t max) const {
  for (int tries = 1;; ++tries) {
    auto file = open_file(name, O_RDONLY);
    if (!file.ok()) return file.as<std::optional<std::string>>();
    if (!*file) return std::optional<std::string>();
    struct stat info {};
    int failed = fstat(file->get(), &info) == 0 ? 0 : errno;
    const std::size_t size = std::min(max, static_cast<std::size_t>(info.st_size));
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (failed == 0 && have < size) {
      const ssize_t got = read(file->get(), bytes.data() + have, size - have);
      if (got == 0) break;
      if (got > 0) have += static_cast<std::size_t>(got);
      if (got < 0 && errno != EINTR) failed = errno;
    }
    // Short where another host replaced the file meanwhile.
    const bool again = failed == ESTALE || (failed == 0 && have < size);
    if (again && tries < kReopen) {
      std::this_thread::sleep_for(kBeforeReopen);
      continue;
    }
    if (failed != 0) return read_error("read " + name, failed);
    bytes.resize(have);
    return std::optional(std::move(bytes));
  }
}

void StoreDir::remove(const std::string& name) const {
  const auto place = place_of(name, Missing::is_error);
  if (place.ok() && place->folder >= 0) unlinkat(place->folder, place->name.c_str(), 0);
}

Result<std::vector<std::string>> StoreDir::list(const std::string& folder) const {
  std::vector<std::string> names;
  const auto place = place_of(folder.empty() ? "." : folder + "/.", Missing::is_error);
  if (!place.ok()) return place.as<std::vector<std::string>>();
  if (place->folder < 0) return names;
  // A descriptor of its own, because closedir() closes it and readdir() moves its position.
  UniqueFd copy = open_folder_at(place->folder, ".");
  const GlibPtr<DIR, closedir> opened(copy ? fdopendir(copy.get()) : nullptr);
  if (opened == nullptr) return read_error("be listed", errno);
  copy.release();
  errno = 0;
  while (const dirent* item = readdir(opened.get())) {
    if (item->d_name[0] != '.') names.emplace_back(item->d_name);
    errno = 0;
  }
  if (errno != 0) return read_error("be listed", errno);
  return names;
}

std::string StoreDir::draft_name(const std::string& ending) {
  return drafts_name(random_hex(12) + ending);
}

std::string StoreDir::drafts_name(const std::string& name) {
  return std::string(kDrafts) + '/' + name;
}

std::string StoreDir::mount_id() const {
  struct stat info {};
  (void)fstat(fd_.get(), &info);
  return sha256_hex(boot_id() + ' ' + std::to_string(info.st_dev)).substr(0, 16);
}

Outcome StoreDir::make_drafts_folder() const {
  const auto place = place_of(std::string(kDrafts) + "/.", Missing::create);
  return place.ok() ? Outcome(Done{}) : place.as<Done>();
}

void StoreDir::remove_stale_drafts() const {
  const auto names = list(kDrafts);
  if (!names.ok()) return;
  for (const std::string& draft : *names) {
    const std::string name = std::string(kDrafts) + '/' + draft;
    struct stat info {};
    if (fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (info.st_mtime < std::time(nullptr) - kStaleDraft) remove(name);
  }
}

std::uint64_t StoreDir::free_space() const {
  struct statvfs info {};
  if (fstatvfs(fd_.get(), &info) != 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace klingtext
