// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "base/glib_ptr.h"
#include "base/process_id.h"
#include "base/random.h"
#include "base/text.h"
#include "store/look_again.h"
#include "store/store_folder.h"

namespace klingtext {

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

Result<StoreDir::Place> StoreDir::place_of(const std::string& name, Missing missing) const {
  Place place{UniqueFd(), fd_.get(), name};
  for (auto slash = name.find('/'); slash != std::string::npos; slash = place.name.find('/')) {
    const std::string folder = place.name.substr(0, slash);
    place.name.erase(0, slash + 1);
    if (missing == Missing::create && mkdirat(place.folder, folder.c_str(), 0700) == 0) {
      const int failed = sync_fully(place.folder);
      if (failed != 0 && failed != EINVAL) return error("make " + folder, failed);
    }
    UniqueFd opened = missing == Missing::create
                          ? open_made_folder_at(place.folder, folder, LookAgain(*this))
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
  LookAgain again(*this);
  while (true) {
    // Non-blocking, because opening a pipe would wait for its other end.
    UniqueFd file(openat(place->folder, place->name.c_str(),
                         flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    struct stat info {};
    const int failed = file && fstat(file.get(), &info) == 0 ? 0 : errno;
    // GlusterFS answers ENOENT where another host removes the file while this one creates it.
    const bool is_old = failed == ESTALE || (failed == ENOENT && (flags & O_CREAT) != 0);
    if (is_old && file && (flags & O_EXCL) != 0) unlinkat(place->folder, place->name.c_str(), 0);
    if (is_old && again.wait()) continue;
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
  LookAgain again(*this);
  while (true) {
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
    const bool is_old = failed == ESTALE || (failed == 0 && have < size);
    if (is_old && again.wait()) continue;
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
  return std::string(kDraftsFolder) + '/' + name;
}

std::string StoreDir::mount_id() const {
  struct stat info {};
  (void)fstat(fd_.get(), &info);
  return sha256_hex(boot_id() + ' ' + std::to_string(info.st_dev)).substr(0, 16);
}

Outcome StoreDir::make_drafts_folder() const {
  const auto place = place_of(std::string(kDraftsFolder) + "/.", Missing::create);
  return place.ok() ? Outcome(Done{}) : place.as<Done>();
}

std::uint64_t StoreDir::free_space() const {
  struct statvfs info {};
  if (fstatvfs(fd_.get(), &info) != 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace klingtext
