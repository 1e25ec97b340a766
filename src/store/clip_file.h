// SPDX-License-Identifier: LGPL-2.1-or-later
// A clip on disk: finished as <key>.mp4, or growing as <key>.part with a PartLog beside it. The one
// who holds the lock fills the .part; every other one fills a file without a name. Only the filling
// thread writes; any thread may read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fork_guard.h"
#include "store/checksum.h"
#include "store/entry.h"
#include "store/file_lock.h"
#include "store/journal.h"
#include "store/mp4_boxes.h"
#include "store/part_log.h"
#include "store/store_dir.h"

namespace klingtext {

class ClipFile {
 public:
  ~ClipFile();
  ClipFile(const ClipFile&) = delete;
  ClipFile& operator=(const ClipFile&) = delete;

  // Nothing when there is no clip, it is not the one the journal recorded, or it is cut.
  static Result<std::shared_ptr<ClipFile>> open_finished(const StoreDir& store, const Entry& entry);
  // A growing file, with what an earlier run left in it.
  static Result<std::shared_ptr<ClipFile>> open_part(std::shared_ptr<StoreDir> store,
                                                     const std::string& key);

  const Extents& found() const { return found_; }               // at open_part
  const std::optional<Pin>& found_pin() const { return pin_; }  // nothing: not known yet

  Outcome write(std::string_view bytes, std::uint64_t offset);
  // Begins anew: forgets all bytes, and notes what the coming ones belong to.
  Outcome restart(const std::optional<Pin>& pin);
  // The next run starts over; what is there can still be read.
  void forget_progress();
  // -1 and errno on failure.
  ssize_t read(char* into, std::size_t size, std::uint64_t offset) const;
  Mp4State mp4_state(std::uint64_t length) const;

  // On the disk, with all that has to be recorded of it; then publish() gives it its name.
  Result<StoredClip> seal(std::uint64_t length);
  Outcome publish();

 private:
  ClipFile(LockableFile file, std::string key)
      : fd_(std::move(file.fd)), guard_(std::move(file.guard)), key_(std::move(key)) {}

  void remove_abandoned_part() const;

  UniqueFd fd_;  // carries the lock
  ForkGuard guard_;
  std::string key_;
  std::shared_ptr<StoreDir> store_;  // null when finished
  std::optional<PartLog> log_;       // none for a file without a name
  Checksum sum_;                     // of what came in order
  Extents found_;
  std::optional<Pin> pin_;
};

// Deletes the least recently used clips until at most `limit` bytes are left, and notes it in their
// entries; never `keep`'s, never one that is read, never an entry. The bytes that were freed.
std::uint64_t evict_clips(const StoreDir& store, const Journal& journal, std::uint64_t limit,
                          const std::string& keep);

enum class ClipCondition {
  as_recorded,
  changed,  // not the bytes that were recorded
  cut,      // those bytes, and they are not all: see is_cut()
};
// The time of change is looked at before the content is read.
ClipCondition condition_of(int fd, const StoredClip& clip);
// Whether it lacks its end, which older versions did not notice without a length.
bool is_cut(int fd, const StoredClip& clip);

std::string clip_name(const std::string& key);
// While it grows. Where locks are local to a host, each mount of the store has a file of its own,
// among the drafts.
std::string part_name(const StoreDir& store, const std::string& key);
// Which bytes of it are there.
std::string part_log_name(const StoreDir& store, const std::string& key);

}  // namespace klingtext
