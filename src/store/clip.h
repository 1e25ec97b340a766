// SPDX-License-Identifier: LGPL-2.1-or-later
// The MP4 as its readers see it: bytes at offsets, some of them not there yet. One filling loop
// writes, any number of readers on any threads read and wait.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/guarded.h"
#include "base/result.h"
#include "store/clip_file.h"
#include "store/extents.h"

namespace klingtext {

class Clip {
 public:
  // How much a reader waits for: all it asked for (less only at the end of the clip), or
  // whatever is there once a single byte is.
  enum class Amount { all, any };

  // Asked once, and whenever something changed while a reader waits; true makes it leave. With the
  // clip's lock held until the clip is settled and whole.
  // Whoever makes it true calls wake_readers() afterwards.
  using Interrupted = std::function<bool()>;

  // The number of bytes, 0 at the end of the clip; Stopped when interrupted.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into, Amount amount,
                              const Interrupted& interrupted);
  // Waits until `size` bytes from `offset` on can be read, or less at the end of the clip, or there
  // will be no more. False when `deadline` came first.
  Result<bool> wait_for(std::uint64_t offset, std::uint64_t size, const Interrupted& interrupted,
                        std::chrono::steady_clock::time_point deadline);
  // The failure, if the filling loop told one.
  Outcome wait_until_settled(const Interrupted& interrupted);
  void wake_readers();

  std::optional<std::uint64_t> length();
  bool is_whole();
  // Whole, and nothing more will be done about it.
  bool is_finished() const { return whole() != nullptr; }
  // Bytes that can be read without waiting from `offset` on.
  std::uint64_t available_at(std::uint64_t offset);
  // The first byte at or after `offset` that is there, or `none`.
  std::uint64_t next_present(std::uint64_t offset, std::uint64_t none);
  Extents present() { return state_.lock()->present; }

  // --- for the filling loop only ---

  // The file everything is read from. A finished one has all its bytes.
  enum class Fill { finished, growing };
  void attach(std::shared_ptr<ClipFile> file, Fill fill);
  // Called on a reader's thread, with no lock held, when it begins to wait. Null: no more.
  void on_wait(std::shared_ptr<const std::function<void()>> told);
  Outcome write(std::string_view bytes, std::uint64_t offset);
  void set_length(std::uint64_t length);
  // Nothing more will be done about the clip: it is in the store, or cannot be put there.
  void settle();
  // Readers get what is there, then the error. The first one stays.
  void fail(Error error);
  // Forgets all bytes; false, and nothing done, when some were handed out already.
  Result<bool> restart(const std::optional<Pin>& pin);

  // Until a reader waits for bytes, or the deadline, or the stop.
  void wait_for_reader(std::stop_token stop, std::chrono::steady_clock::time_point deadline);

  // Where to fill next: what the longest-waiting reader waits for, else the first gap. Nothing
  // when there is no gap left, or none before a length that is not known yet.
  std::optional<ByteRange> next_gap();

 private:
  struct State {
    std::shared_ptr<ClipFile> file;
    Extents present;
    std::optional<std::uint64_t> length;
    std::optional<Error> failure;
    std::shared_ptr<const std::function<void()>> told_of_waits;
    std::list<std::uint64_t> awaited;  // offsets of waiting readers, in the order they came
    bool handed_out = false;
    bool settled = false;
  };
  // A settled clip that has all its bytes. Nothing about it changes any more, so its readers need
  // no lock.
  struct Whole {
    std::shared_ptr<ClipFile> file;
    std::uint64_t length = 0;
  };
  void settle(State& state);
  const Whole* whole() const { return is_settled_whole_ ? &whole_ : nullptr; }
  // Until there is something to say to this reader, or the deadline.
  void await(Guarded<State>::Locked& state, std::uint64_t offset, std::uint64_t size,
             const Interrupted& interrupted, std::chrono::steady_clock::time_point deadline);
  static bool is_readable(const State& state, std::uint64_t offset, std::uint64_t size);
  static ByteRange gap_at(const State& state, std::uint64_t offset);

  Guarded<State> state_;
  Whole whole_;  // written once, before the flag
  std::atomic<bool> is_settled_whole_{false};
};

}  // namespace klingtext
