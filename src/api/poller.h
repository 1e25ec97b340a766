// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends requests that are repeated until an answer ends them, each at its own time: one thread and
// at most four connections, however many generations are waited for.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "api/http.h"

namespace klingtext {

class Poller {
 public:
  using Clock = std::chrono::steady_clock;
  // Called on the poller's thread with each result; it may not block. Returns when to send the
  // request again; nothing: never. Stopped comes once, as the last result.
  using Judge = std::function<std::optional<Clock::time_point>(HttpResult)>;

  // When a poll is given up although it has no reply: `judge` gets a timeout then. Looked at every
  // second, because it may change. Null: never.
  using GiveUp = std::function<Clock::time_point()>;

  explicit Poller(HttpSettings settings);
  // Running polls go on. The thread ends once there is none.
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // False when no thread can be started: nothing is sent then, and `judge` is not called.
  bool add(HttpRequest request, HttpLimits limits, Clock::time_point first, GiveUp give_up,
           std::stop_token stop, Judge judge);

 private:
  struct Poll;
  struct State;
  class Loop;
  bool start_thread() const;

  std::shared_ptr<State> state_;
};

}  // namespace klingtext
