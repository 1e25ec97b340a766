// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poller.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <thread>
#include <vector>

#include "api/http_call.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/thread_name.h"

namespace klingtext {
namespace {

using Clock = Poller::Clock;

constexpr unsigned kConnections = 4;
// A poll that has no reply after this takes one more connection for the next poll. Every idle
// connection is looked at with each request, so fewer of them cost less.
constexpr std::chrono::milliseconds kQuickReply{5};
// Long enough to keep a connection between polls, short enough to leave nothing behind.
constexpr std::chrono::seconds kIdle{10};

}  // namespace

struct Poller::Poll {
  HttpRequest request;
  HttpLimits limits;
  Clock::time_point due;
  std::stop_token stop;
  Judge judge;
  std::uint64_t log_owner = LogOwner::current();

  // The rest belongs to the poller's thread.
  std::unique_ptr<HttpCall> call{};  // while it is under way
  std::optional<std::stop_callback<std::function<void()>>> on_stop{};
};

struct Poller::State {
  struct Inbox {
    std::vector<std::shared_ptr<Poll>> added;
    std::vector<std::weak_ptr<Poll>> stopped;
    HttpSession* session = nullptr;  // of the running thread, to wake it
    bool running = false;
    bool closed = false;
  };
  explicit State(HttpSettings http) : settings(std::move(http)) {}

  // Wakes the thread, which looks into the inbox then.
  template <typename Change>
  void tell(Change change) {
    auto box = inbox.lock();
    change(*box);
    if (box->session != nullptr) box->session->wake();
  }

  const HttpSettings settings;
  Guarded<Inbox> inbox;
};

// The poller's thread.
class Poller::Loop {
 public:
  explicit Loop(std::shared_ptr<State> state)
      : state_(std::move(state)), session_(state_->settings, kConnections) {
    state_->inbox.lock()->session = &session_;
  }

  void run() {
    while (take_from_inbox()) session_.iterate(start_due());
  }

 private:
  using PollPtr = std::shared_ptr<Poll>;

  // False when the thread should end.
  bool take_from_inbox() {
    std::vector<PollPtr> added;
    std::vector<std::weak_ptr<Poll>> stopped;
    {
      auto box = state_->inbox.lock();
      const bool busy = !waiting_.empty() || under_way_ > 0 || !box->added.empty();
      if (busy) idle_since_.reset();
      if (!busy && !idle_since_) idle_since_ = Clock::now();
      if (!busy && (box->closed || Clock::now() >= *idle_since_ + kIdle)) {
        box->session = nullptr;
        box->running = false;
        return false;
      }
      added.swap(box->added);
      stopped.swap(box->stopped);
    }
    for (PollPtr& poll : added) admit(std::move(poll));
    for (const auto& weak : stopped) {
      if (const PollPtr poll = weak.lock()) stop(poll);
    }
    return true;
  }

  void admit(PollPtr poll) {
    const auto stopped = [state = state_, weak = std::weak_ptr(poll)] {
      state->tell([&](State::Inbox& box) { box.stopped.push_back(weak); });
    };
    if (poll->stop.stop_requested()) return finish(poll);
    poll->on_stop.emplace(poll->stop, stopped);
    waiting_.emplace(poll->due, std::move(poll));
  }

  void stop(const PollPtr& poll) {
    if (poll->call) {
      g_cancellable_cancel(poll->call->cancellable().get());
      return;
    }
    const auto [first, last] = waiting_.equal_range(poll->due);
    for (auto at = first; at != last; ++at) {
      if (at->second != poll) continue;
      waiting_.erase(at);
      return finish(poll);
    }
  }

  // Sends what may be sent now. The time when there is more to do.
  Clock::time_point start_due() {
    while (under_way_ < kConnections && !waiting_.empty()) {
      Clock::time_point next = waiting_.begin()->first;
      if (under_way_ > 0) next = std::max(next, last_sent_ + kQuickReply);
      if (next > Clock::now()) return next;
      const PollPtr poll = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      send(poll);
    }
    if (under_way_ > 0) return Clock::time_point::max();
    return idle_since_.value_or(Clock::now()) + kIdle;
  }

  void send(const PollPtr& poll) {
    ++under_way_;
    last_sent_ = Clock::now();
    const LogOwner sending(poll->log_owner);
    poll->call = session_.start(poll->request, poll->limits, [this, poll](HttpResult result) {
      const LogOwner owner(poll->log_owner);
      if (result.ok()) log(LogLevel::trace, "the reply is HTTP %u", result->status);
      poll->call.reset();
      --under_way_;
      answered(poll, std::move(result));
    });
  }

  void answered(const PollPtr& poll, HttpResult result) {
    if (poll->stop.stop_requested()) return finish(poll);
    const auto next = poll->judge(std::move(result));
    if (!next) return poll->on_stop.reset();
    poll->due = *next;
    waiting_.emplace(poll->due, poll);
  }

  static void finish(const PollPtr& poll) {
    const LogOwner owner(poll->log_owner);
    poll->on_stop.reset();
    (void)poll->judge(Stopped{});
  }

  const std::shared_ptr<State> state_;
  HttpSession session_;
  std::multimap<Clock::time_point, PollPtr> waiting_;
  unsigned under_way_ = 0;
  Clock::time_point last_sent_{};
  std::optional<Clock::time_point> idle_since_;
};

Poller::Poller(HttpSettings settings) : state_(std::make_shared<State>(std::move(settings))) {}

Poller::~Poller() {
  state_->tell([](State::Inbox& box) { box.closed = true; });
}

bool Poller::add(HttpRequest request, HttpLimits limits, Clock::time_point first,
                 std::stop_token stop, Judge judge) {
  const auto poll = std::make_shared<Poll>();
  poll->request = std::move(request);
  poll->limits = limits;
  poll->due = first;
  poll->stop = std::move(stop);
  poll->judge = std::move(judge);
  bool running = true;
  state_->tell([&](State::Inbox& box) {
    if (!box.running) running = box.running = start_thread();
    if (running) box.added.push_back(poll);
  });
  return running;
}

bool Poller::start_thread() const {
  try {
    // Detached: it owns what it needs, and a reply that does not come holds up nobody.
    std::jthread([state = state_] {
      name_thread("klingtext-poll");
      Loop(state).run();
    }).detach();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace klingtext
