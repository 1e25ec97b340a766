// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/part_file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/random.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".part";
constexpr std::size_t kNameShown = 200;  // bytes; the whole name may have 255

std::string beginning_for(const fs::path& film) {
  return '.' + film.filename().string().substr(0, kNameShown) + '.';
}

UniqueFd open_at(const std::string& path, int flags) {
  return UniqueFd(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0666));
}

bool is_locked_by_us(const UniqueFd& file, int how) {
  int locked = 0;
  do locked = flock(file.get(), how);
  while (locked != 0 && errno == EINTR);
  return locked == 0;
}

// A run that ends in any way lets go of its lock.
void remove_if_left(const std::string& path) {
  const UniqueFd file = open_at(path, O_RDONLY | O_NONBLOCK);
  if (file && is_locked_by_us(file, LOCK_EX | LOCK_NB)) PartFile::remove_at(path);
}

void remove_left_ones(const fs::path& folder, const std::string& beginning) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(beginning) && name.ends_with(kEnding)) remove_if_left(entry->path());
  }
}

Error not_written(const std::string& film, int reason) {
  return Error{.kind = reason == ENOSPC ? ErrorKind::no_space : ErrorKind::settings,
               .message = "The film " + film + " cannot be written: " + g_strerror(reason) +
                          ". Choose another place for it."};
}

}  // namespace

void PartFile::remove_at(const std::string& path) {
  g_remove(path.c_str());
  g_remove(index_path(path).c_str());
}

std::string PartFile::index_path(const std::string& path) {
  return path + ".index";
}

Result<PartFile> PartFile::create(const std::string& film) {
  const fs::path name(film);
  const fs::path folder = name.has_parent_path() ? name.parent_path() : fs::path(".");
  const std::string beginning = beginning_for(name);
  remove_left_ones(folder, beginning);
  while (true) {
    const std::string path = folder / (beginning + random_hex(8) + kEnding);
    UniqueFd file = open_at(path, O_RDWR | O_CREAT | O_EXCL);
    if (!file) return not_written(film, errno);
    (void)is_locked_by_us(file, LOCK_EX);  // where locks are not to be had, nothing is removed
    struct stat now {};
    if (fstat(file.get(), &now) == 0 && now.st_nlink > 0) {
      return PartFile(film, path, std::move(file));
    }
    // Another run removed it before it was locked.
  }
}

PartFile::PartFile(PartFile&& other) noexcept
    : film_(std::move(other.film_)),
      path_(std::exchange(other.path_, {})),
      lock_(std::move(other.lock_)) {}

PartFile::~PartFile() {
  if (!path_.empty()) remove_at(path_);
}

Outcome PartFile::publish() {
  if (g_rename(path_.c_str(), film_.c_str()) != 0) return not_written(film_, errno);
  path_.clear();
  return Done{};
}

}  // namespace klingtext
