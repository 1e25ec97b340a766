// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/leftovers.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "store/clip_file.h"
#include "store/file_lock.h"

namespace klingtext {
namespace {

constexpr std::size_t kKey = 64;  // hex digits
constexpr std::uint64_t kBlock = 512;

// Nothing when it is no regular file. A growing file is sparse: what is not written takes no space.
std::optional<std::uint64_t> bytes_of(const StoreDir& store, const std::string& name) {
  struct stat info {};
  if (fstatat(store.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (!name.ends_with(".part")) return size;
  return std::min(size, static_cast<std::uint64_t>(info.st_blocks) * kBlock);
}

class Sweep {
 public:
  Sweep(const StoreDir& store, const Journal& journal) : store_(store), journal_(journal) {}

  Amount removed() const { return removed_; }

  // With the lock of the request and of its growing file, so that no run is using them.
  Outcome sweep(const std::string& key) {
    const auto had = bytes_of(store_, lock_name(key));
    {
      const auto lock = journal_.try_lock(key);
      if (!lock.ok()) return lock.as<Done>();
      if (*lock == nullptr) return Done{};
      if (is_over(key)) sweep_part(key);
    }
    if (had) count(*had);  // releasing a lock removes its file
    return Done{};
  }

 private:
  static std::string lock_name(const std::string& key) { return key + ".lock"; }

  bool is_over(const std::string& key) const {
    const auto entry = journal_.find(key);
    if (!entry.ok()) return false;
    if (!*entry) return true;
    const bool completed = (*entry)->state == EntryState::completed && (*entry)->clip;
    return completed && bytes_of_clip(key) == (*entry)->clip->length;
  }

  std::uint64_t bytes_of_clip(const std::string& key) const {
    struct stat info {};
    const bool found =
        fstatat(store_.fd(), clip_name(key).c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    return found ? static_cast<std::uint64_t>(info.st_size) : 0;
  }

  void sweep_part(const std::string& key) {
    const auto part = store_.open_file(part_name(store_, key), O_RDWR);
    if (!part.ok()) return;
    if (*part && (lock_file(part->get(), LOCK_EX) != Locked::yes ||
                  !has_name(store_, part_name(store_, key), part->get()))) {
      return;
    }
    remove(part_name(store_, key));
    remove(part_log_name(store_, key));
  }

  void remove(const std::string& name) {
    const auto bytes = bytes_of(store_, name);
    if (!bytes) return;
    store_.remove(name);
    if (!bytes_of(store_, name)) count(*bytes);
  }

  void count(std::uint64_t bytes) {
    ++removed_.files;
    removed_.bytes += bytes;
  }

  const StoreDir& store_;
  const Journal& journal_;
  Amount removed_;
};

}  // namespace

Amount amount_of(const StoreDir& store, const std::string& folder, const std::string& ending) {
  Amount amount;
  const auto names = store.list(folder);
  if (!names.ok()) return amount;
  for (const std::string& name : *names) {
    if (!name.ends_with(ending)) continue;
    if (const auto bytes = bytes_of(store, folder.empty() ? name : folder + '/' + name)) {
      ++amount.files;
      amount.bytes += *bytes;
    }
  }
  return amount;
}

Result<Amount> remove_leftovers(const StoreDir& store, const JournalView& view) {
  const auto names = store.list("");
  if (!names.ok()) return names.as<Amount>();
  std::set<std::string> keys;
  for (const std::string& name : *names) {
    for (const char* ending : {".part", ".part.log", ".lock"}) {
      if (name.size() == kKey + std::string_view(ending).size() && name.ends_with(ending)) {
        keys.insert(name.substr(0, kKey));
      }
    }
  }
  Sweep sweep(store, view.journal());
  for (const std::string& key : keys) {
    if (auto swept = sweep.sweep(key); !swept.ok()) return swept.as<Amount>();
  }
  return sweep.removed();
}

}  // namespace klingtext
