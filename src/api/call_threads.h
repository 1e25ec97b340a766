// SPDX-License-Identifier: LGPL-2.1-or-later
// The few threads that talk to the service for however many jobs wait: at most four for one origin
// and key, each with a session and connection of its own. A job parks here until its call is
// answered and can walk away from it at once.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "api/http.h"

namespace klingtext {

class CallThreads {
 public:
  using Call = std::function<HttpResult(HttpSession&, std::stop_token)>;

  explicit CallThreads(HttpSettings settings);
  // Leaves running calls to end by themselves; idle threads end at once.
  ~CallThreads();
  CallThreads(const CallThreads&) = delete;
  CallThreads& operator=(const CallThreads&) = delete;

  // Runs the call on one of the threads and waits for its answer. A stop cancels the call and
  // returns without waiting for it. So does `limit`, counted from when the call begins.
  HttpResult run(Call call, std::chrono::seconds limit, const std::stop_token& stop);

 private:
  struct Task;
  struct State;
  static void work(const std::shared_ptr<State>& state);
  static std::shared_ptr<Task> next_task(State& state);
  bool enqueue(const std::shared_ptr<Task>& task);

  std::shared_ptr<State> state_;
};

}  // namespace klingtext
