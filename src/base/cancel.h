// SPDX-License-Identifier: LGPL-2.1-or-later
// The words for ending something early: a std::stop_token ends a job; a GCancellable ends one call
// into GIO or libsoup and is made from the token for just that call, so it is never reset.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <stop_token>

#include "base/glib_ptr.h"

namespace klingtext {

// A GCancellable that is cancelled when the token is. Lives on the stack of the call it serves.
class CancelOnStop {
 public:
  explicit CancelOnStop(std::stop_token stop)
      : CancelOnStop(std::move(stop), ObjectPtr<GCancellable>::adopt(g_cancellable_new())) {}
  CancelOnStop(std::stop_token stop, ObjectPtr<GCancellable> cancellable)
      : cancellable_(std::move(cancellable)), on_stop_(std::move(stop), Cancel{cancellable_}) {}
  GCancellable* get() const { return cancellable_.get(); }

 private:
  struct Cancel {
    ObjectPtr<GCancellable> cancellable;
    void operator()() const { g_cancellable_cancel(cancellable.get()); }
  };
  ObjectPtr<GCancellable> cancellable_;
  std::stop_callback<Cancel> on_stop_;
};

enum class Waited { whole, stopped };

// Sleeps on the monotonic clock until `deadline`, or less when the token says stop.
Waited sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline);

}  // namespace klingtext
