// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/call_threads.h"

#include <deque>
#include <system_error>
#include <thread>

#include "base/guarded.h"
#include "base/log.h"
#include "base/thread_name.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kMaxThreads = 4;
// Long enough to keep a connection between polls, short enough to leave nothing behind.
constexpr std::chrono::seconds kIdle{10};

}  // namespace

struct CallThreads::Task {
  struct Progress {
    std::optional<Clock::time_point> begun;
    std::optional<HttpResult> result;
  };
  Call call;
  std::uint64_t log_owner = LogOwner::current();
  std::stop_source cancel;
  Guarded<Progress> progress;
};

struct CallThreads::State {
  struct Queue {
    std::deque<std::shared_ptr<Task>> waiting;
    unsigned threads = 0;
    unsigned idle = 0;  // of the threads; counted before an answer is out, so that whoever got it
                        // and calls again meets the thread and the connection it had
    bool closed = false;
  };
  HttpSettings settings;
  Guarded<Queue> queue;
};

CallThreads::CallThreads(HttpSettings settings) : state_(std::make_shared<State>()) {
  state_->settings = std::move(settings);
}

CallThreads::~CallThreads() {
  state_->queue.lock()->closed = true;
  state_->queue.notify_all();
}

// Null when the thread should end. Called on the worker threads.
std::shared_ptr<CallThreads::Task> CallThreads::next_task(State& state) {
  auto queue = state.queue.lock();
  queue.wait_until(Clock::now() + kIdle, [&] { return queue->closed || !queue->waiting.empty(); });
  --queue->idle;
  if (queue->waiting.empty()) {
    --queue->threads;
    return nullptr;
  }
  auto task = std::move(queue->waiting.front());
  queue->waiting.pop_front();
  return task;
}

void CallThreads::work(const std::shared_ptr<State>& state) {
  name_thread("klingtext-http");
  HttpSession session(state->settings);
  while (const auto task = next_task(*state)) {
    task->progress.lock()->begun = Clock::now();
    const LogOwner owner(task->log_owner);
    HttpResult result = Stopped{};
    if (!task->cancel.stop_requested()) result = task->call(session, task->cancel.get_token());
    ++state->queue.lock()->idle;
    task->progress.lock()->result = std::move(result);
    task->progress.notify_all();
  }
}

bool CallThreads::enqueue(const std::shared_ptr<Task>& task) {
  auto queue = state_->queue.lock();
  if (queue->idle <= queue->waiting.size() && queue->threads < kMaxThreads) {
    try {
      // Detached: the thread owns what it needs, and a hung call must not hold up anybody.
      std::jthread(work, state_).detach();
      ++queue->threads;
      ++queue->idle;
    } catch (const std::system_error&) {
      if (queue->threads == 0) return false;
    }
  }
  queue->waiting.push_back(task);
  return true;
}

HttpResult CallThreads::run(Call call, std::chrono::seconds limit, const std::stop_token& stop) {
  auto task = std::make_shared<Task>();
  task->call = std::move(call);
  if (!enqueue(task)) {
    return HttpFailure{HttpFault::unreachable, Sent::no, "no thread could be started"};
  }
  state_->queue.notify_one();
  auto progress = task->progress.lock();
  // Not woken when the call begins: that is looked up once the limit would have passed.
  for (Clock::time_point end = Clock::now() + limit;
       !progress.wait_until(stop, end, [&] { return progress->result.has_value(); });) {
    if (stop.stop_requested()) break;
    const Clock::time_point due = progress->begun.value_or(end) + limit;
    if (due <= Clock::now()) break;
    end = due;
  }
  if (progress->result && !progress->result->stopped()) return *progress->result;
  task->cancel.request_stop();
  if (stop.stop_requested()) return Stopped{};
  return HttpFailure{HttpFault::timeout, Sent::maybe, "no complete answer in time"};
}

}  // namespace klingtext
