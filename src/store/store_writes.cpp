// SPDX-License-Identifier: LGPL-2.1-or-later
// How StoreDir changes files.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/glib_ptr.h"
#include "store/look_again.h"
#include "store/store_dir.h"

namespace klingtext {
namespace {

// The file system has no hard links, as FAT and some that are reached through FUSE.
bool has_no_links(int error_number) {
  return error_number == EPERM || error_number == EOPNOTSUPP || error_number == ENOSYS;
}

int sync_folder(int fd) {
  const int failed = sync_fully(fd);
  return failed == EINVAL ? 0 : failed;  // a file system that cannot
}

}  // namespace

bool StoreDir::is_linked(const std::string& draft) const {
  struct stat info {};
  LookAgain again(*this);
  while (fstatat(fd_.get(), draft.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ESTALE || !again.wait()) return false;
  }
  return info.st_nlink == 2;
}

Result<std::string> StoreDir::write_draft(std::string_view bytes) const {
  if (auto made = make_drafts_folder(); !made.ok()) return made.as<std::string>();
  const std::string draft = draft_name(".tmp");
  auto file = open_file(draft, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) return file.as<std::string>();
  int failed = write_fully(file->get(), bytes, 0);
  if (failed == 0) failed = sync_fully(file->get());
  if (failed == 0) return draft;
  remove(draft);
  return error("write a file", failed);
}

// An exclusive link: on every file system measured, one of all who try succeeds. NFS can report an
// error for a link that was made; the draft's link count tells (open(2), O_EXCL).
Result<bool> StoreDir::link_draft(const std::string& draft, const Place& place) const {
  if (linkat(fd_.get(), draft.c_str(), place.folder, place.name.c_str(), 0) == 0) return true;
  const int failed = errno;
  if (is_linked(draft)) return true;
  if (failed == EEXIST) return false;
  if (!has_no_links(failed)) return error("create " + place.name, failed);
  if (renameat2(fd_.get(), draft.c_str(), place.folder, place.name.c_str(), RENAME_NOREPLACE) ==
      0) {
    return true;
  }
  if (errno == EEXIST) return false;
  return Error{.kind = ErrorKind::store,
               .message = "The store " + path_ + " is on a file system without hard links (" +
                          g_strerror(failed) +
                          "), which it needs to submit a request only once. Nothing was submitted. "
                          "Set store-dir to a folder on another file system."};
}

Result<bool> StoreDir::create_file(const std::string& name, std::string_view bytes) const {
  const auto place = place_of(name, Missing::create);
  if (!place.ok()) return place.as<bool>();
  const auto draft = write_draft(bytes);
  if (!draft.ok()) return draft.as<bool>();
  const auto created = link_draft(*draft, *place);
  int failed = 0;
  if (created.ok() && *created) {
    failed = sync_folder(place->folder);
    // What may not survive a power cut must not be relied on.
    if (failed != 0) unlinkat(place->folder, place->name.c_str(), 0);
  }
  remove(*draft);
  if (failed != 0) return error("create " + name, failed);
  return created;
}

Outcome StoreDir::replace_file(const std::string& name, std::string_view bytes) const {
  const auto draft = write_draft(bytes);
  if (!draft.ok()) return draft.as<Done>();
  auto renamed = rename(*draft, name);
  if (!renamed.ok()) remove(*draft);
  return renamed;
}

Outcome StoreDir::overwrite_file(const std::string& name, std::string_view bytes) const {
  const auto file = open_file(name, O_WRONLY | O_DSYNC);
  if (!file.ok()) return file.as<Done>();
  struct stat info {};
  if (!*file || fstat(file->get(), &info) != 0)
    return error("write " + name, *file ? errno : ENOENT);
  if (static_cast<std::size_t>(info.st_size) != bytes.size()) return error("write " + name, EFBIG);
  const int failed = write_fully(file->get(), bytes, 0);
  return failed == 0 ? Outcome(Done{}) : Outcome(error("write " + name, failed));
}

Outcome StoreDir::rename(const std::string& from, const std::string& to) const {
  const auto source = place_of(from, Missing::is_error);
  if (!source.ok()) return source.as<Done>();
  if (source->folder < 0) return error("rename " + from, ENOENT);
  const auto target = place_of(to, Missing::create);
  if (!target.ok()) return target.as<Done>();
  if (renameat(source->folder, source->name.c_str(), target->folder, target->name.c_str()) != 0) {
    return error("rename " + from, errno);
  }
  const int failed = sync_folder(target->folder);
  return failed == 0 ? Outcome(Done{}) : Outcome(error("write " + to, failed));
}

Outcome StoreDir::remove_file(const std::string& name) const {
  const auto place = place_of(name, Missing::is_error);
  if (!place.ok()) return place.as<Done>();
  if (place->folder < 0) return Done{};
  if (unlinkat(place->folder, place->name.c_str(), 0) != 0 && errno != ENOENT) {
    return error("remove " + name, errno);
  }
  const int failed = sync_folder(place->folder);
  return failed == 0 ? Outcome(Done{}) : Outcome(error("remove " + name, failed));
}

}  // namespace klingtext
