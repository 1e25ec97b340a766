// SPDX-License-Identifier: LGPL-2.1-or-later
// A value that can only be reached with its mutex held, and the waiting that goes with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace klingtext {

// std::mutex and not GMutex: ThreadSanitizer cannot see into GLib's futexes.
template <typename T>
class Guarded {
 public:
  class Locked {
   public:
    T* operator->() { return &owner_->value_; }
    T& operator*() { return owner_->value_; }

    template <typename Predicate>
    void wait(Predicate until) {
      owner_->changed_.wait(lock_, std::move(until));
    }
    // False when the deadline came first.
    template <typename Predicate>
    bool wait_until(std::chrono::steady_clock::time_point deadline, Predicate until) {
      return owner_->changed_.wait_until(lock_, deadline, std::move(until));
    }
    // False when the stop came first.
    template <typename Predicate>
    bool wait(std::stop_token stop, Predicate until) {
      return owner_->changed_.wait(lock_, std::move(stop), std::move(until));
    }
    // False when the stop or the deadline came first.
    template <typename Predicate>
    bool wait_until(std::stop_token stop, std::chrono::steady_clock::time_point deadline,
                    Predicate until) {
      return owner_->changed_.wait_until(lock_, std::move(stop), deadline, std::move(until));
    }

    // For a call in between that must not be made with the mutex held.
    void unlock() { lock_.unlock(); }
    void lock() { lock_.lock(); }

   private:
    friend class Guarded;
    explicit Locked(Guarded* owner) : owner_(owner), lock_(owner->mutex_) {}
    Guarded* owner_;
    std::unique_lock<std::mutex> lock_;
  };

  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  Locked lock() { return Locked(this); }
  // Enough where all who wait, wait for the same and one of them will do.
  void notify_one() { changed_.notify_one(); }
  void notify_all() { changed_.notify_all(); }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  T value_{};
};

}  // namespace klingtext
