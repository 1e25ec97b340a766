// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

#include "base/log.h"
#include "store/clip_file.h"
#include "store/file_lock.h"

namespace klingtext {

namespace {

// Notes the eviction, then removes the file: a clip that is gone without a note counts as lost.
bool evict(const StoreDir& store, const Journal& journal, const std::string& name) {
  const auto file = store.open_file(name, O_RDWR);
  if (!file.ok() || !*file || lock_file(file->get(), LOCK_EX) != Locked::yes) return false;
  const std::string key = name.substr(0, name.size() - 4);
  const auto lock = journal.try_lock(key);
  if (!lock.ok() || *lock == nullptr) return false;
  const auto entry = journal.find(key);
  if (!entry.ok()) return false;  // it may be the only trace of a paid clip
  if (*entry) {
    const auto noted = journal.change(**entry, [](Entry& now) {
      if (now.clip) now.clip->evicted = true;
    });
    if (!noted.ok()) return false;
  }
  store.remove(name);
  return true;
}

}  // namespace

std::uint64_t evict_clips(const StoreDir& store, const Journal& journal, std::uint64_t limit,
                          const std::string& keep) {
  struct Used {
    std::int64_t when;  // nanoseconds
    std::uint64_t bytes;
    std::string name;
  };
  std::vector<Used> clips;
  std::uint64_t total = 0;
  auto names = store.list("");
  if (!names.ok()) {
    log(LogLevel::warning, "%s", names.error().message.c_str());
    return 0;
  }
  for (std::string& name : *names) {
    if (!name.ends_with(".mp4")) continue;
    struct stat info {};
    if (fstatat(store.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    total += bytes;
    clips.push_back(
        {info.st_atim.tv_sec * 1000000000LL + info.st_atim.tv_nsec, bytes, std::move(name)});
  }
  std::sort(clips.begin(), clips.end(), [](const Used& a, const Used& b) {
    return std::tie(a.when, a.name) < std::tie(b.when, b.name);
  });
  std::uint64_t freed = 0;
  for (const Used& clip : clips) {
    if (total - freed <= limit) break;
    if (clip.name == clip_name(keep) || !evict(store, journal, clip.name)) continue;
    log(LogLevel::info, "evicted %s (%" G_GUINT64_FORMAT " bytes)", clip.name.c_str(),
        static_cast<guint64>(clip.bytes));
    freed += clip.bytes;
  }
  return freed;
}

}  // namespace klingtext
