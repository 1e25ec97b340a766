// SPDX-License-Identifier: LGPL-2.1-or-later
// How StoreDir is opened, and what it says when something is wrong.
#include "store/store_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <vector>

#include "base/glib_ptr.h"
#include "store/store_dir.h"

namespace klingtext {
namespace {

constexpr std::time_t kStaleDraft = 86400;  // seconds
constexpr const char* kOwnFolder = "Set store-dir to a folder of your own.";
constexpr const char* kReadAgain =
    "Run this again when it can be read: with another store-dir the same request would be paid "
    "again.";

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

Error store_error(const std::string& path, const std::string& why, const std::string& next) {
  return Error{.kind = ErrorKind::store, .message = "The store " + path + " " + why + " " + next};
}

UniqueFd open_folder_at(int parent, const std::string& path) {
  return UniqueFd(openat(parent, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

UniqueFd open_made_folder_at(int parent, const std::string& path, LookAgain again) {
  UniqueFd fd = open_folder_at(parent, path);
  while (!fd && (errno == ENOENT || errno == ESTALE)) {
    const int failed = errno;
    const bool once_more = again.wait();
    errno = failed;
    if (!once_more) break;
    fd = open_folder_at(parent, path);
  }
  return fd;
}

// The XDG base directory specification has relative paths ignored. GLib does not, and then the same
// request in another working directory would have another store. Empty when there is no home.
std::string default_store_path() {
  const char* data = g_getenv("XDG_DATA_HOME");
  if (data != nullptr && g_path_is_absolute(data)) return std::string(data) + "/klingtext";
  const char* home = g_getenv("HOME");
  std::vector<char> strings;
  if (home == nullptr || !g_path_is_absolute(home)) {
    struct passwd account {};
    struct passwd* found = nullptr;
    strings.resize(16384);
    (void)getpwuid_r(geteuid(), &account, strings.data(), strings.size(), &found);
    home = found == nullptr ? nullptr : found->pw_dir;
  }
  if (home == nullptr || !g_path_is_absolute(home)) return {};
  return std::string(home) + "/.local/share/klingtext";
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

Result<std::shared_ptr<StoreDir>> StoreDir::open(const std::string& given, std::stop_token stop) {
  // With a slash behind it a link would be followed.
  std::string path = given;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (const int failed = make_folders(path); failed != 0) {
    return store_error(path, std::string("cannot be made (") + g_strerror(failed) + ").",
                       kOwnFolder);
  }
  UniqueFd fd = open_made_folder_at(AT_FDCWD, path, LookAgain(stop));
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
  const std::shared_ptr<StoreDir> store(new StoreDir(path, std::move(fd), std::move(stop)));
  store->remove_stale_drafts();
  return store;
}

Result<std::shared_ptr<StoreDir>> StoreDir::open_to_look(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::shared_ptr<StoreDir>(new StoreDir(path, UniqueFd(), {}));
  }
  UniqueFd fd = open_folder_at(AT_FDCWD, path);
  if (!fd) return cannot_open(path, errno);
  return std::shared_ptr<StoreDir>(new StoreDir(path, std::move(fd), {}));
}

void StoreDir::remove_stale_drafts() const {
  const auto names = list(kDraftsFolder);
  if (!names.ok()) return;
  for (const std::string& draft : *names) {
    const std::string name = std::string(kDraftsFolder) + '/' + draft;
    struct stat info {};
    if (fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (info.st_mtime < std::time(nullptr) - kStaleDraft) remove(name);
  }
}

}  // namespace klingtext
