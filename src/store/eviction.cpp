// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

#include "base/log.h"
#include "store/clip_file.h"

namespace klingtext {

void evict_clips(const StoreDir& store, std::uint64_t limit, const std::string& keep) {
  struct Used {
    std::int64_t when;  // nanoseconds
    std::uint64_t bytes;
    std::string name;
  };
  std::vector<Used> clips;
  std::uint64_t total = 0;
  for (std::string& name : store.names_ending_in(".mp4")) {
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
  for (const Used& clip : clips) {
    if (total <= limit) return;
    if (clip.name == clip_name(keep)) continue;
    const auto file = store.open_file(clip.name, O_RDONLY);
    if (!file.ok() || !*file || flock(file->get(), LOCK_EX | LOCK_NB) != 0) continue;
    log(LogLevel::info, "evicting %s (%" G_GUINT64_FORMAT " bytes)", clip.name.c_str(),
        static_cast<guint64>(clip.bytes));
    store.remove(clip.name);
    total -= clip.bytes;
  }
}

}  // namespace klingtext
