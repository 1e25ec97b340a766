// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poller.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
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
constexpr std::chrono::seconds kBetweenLooks{1};  // at what is given up
// A poll that is under way when it is given up has this long.
constexpr std::chrono::seconds kLastReply{5};

HttpFailure given_up() {
  return {HttpFault::timeout, Sent::maybe, "no complete answer in time"};
}

}  // namespace

struct Poller::Poll {
  HttpRequest request;
  HttpLimits limits;
  Clock::time_point due;
  GiveUp give_up;
  std::stop_token stop;
  Judge judge;
  std::uint64_t log_owner = LogOwner::current();

  // The rest belongs to the poller's thread.
  std::unique_ptr<HttpCall> call{};  // while it is under way
  bool is_given_up = false;
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
  // A forked child, which has no such thread, tells nothing.
  template <typename Change>
  void tell(Change change) {
    if (getpid() != process) return;
    auto box = inbox.lock();
    change(*box);
    if (box->session != nullptr) box->session->wake();
  }

  const HttpSettings settings;
  const pid_t process = getpid();
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
    while (take_from_inbox()) {
      give_up_late();
      session_.iterate(start_due());
    }
  }

 private:
  using PollPtr = std::shared_ptr<Poll>;

  // False when the thread should end.
  bool take_from_inbox() {
    std::vector<PollPtr> added;
    std::vector<std::weak_ptr<Poll>> stopped;
    {
      auto box = state_->inbox.lock();
      const bool busy = !waiting_.empty() || !under_way_.empty() || !box->added.empty();
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

  // Where the service does not answer, polls that are under way or wait for a connection.
  void give_up_late() {
    const auto now = Clock::now();
    if (now < next_look()) return;
    last_look_ = now;
    const auto is_late = [now](const Poll& poll) { return poll.give_up && poll.give_up() <= now; };
    std::vector<PollPtr> late;
    for (auto at = waiting_.begin(); at != waiting_.end() && at->first <= now;) {
      const bool remove = is_late(*at->second);
      if (remove) late.push_back(at->second);
      at = remove ? waiting_.erase(at) : std::next(at);
    }
    for (const PollPtr& poll : late) answered(poll, given_up());
    for (const PollPtr& poll : std::vector(under_way_.begin(), under_way_.end())) {
      poll->is_given_up = poll->give_up && poll->give_up() + kLastReply <= now;
      if (poll->is_given_up) g_cancellable_cancel(poll->call->cancellable().get());
    }
  }

  // Sends what may be sent now. The time when there is more to do.
  Clock::time_point start_due() {
    while (under_way_.size() < kConnections && !waiting_.empty()) {
      Clock::time_point next = waiting_.begin()->first;
      if (!under_way_.empty()) next = std::max(next, last_sent_ + kQuickReply);
      if (next > Clock::now()) return under_way_.empty() ? next : std::min(next, next_look());
      const PollPtr poll = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      send(poll);
    }
    if (!under_way_.empty()) return next_look();
    return idle_since_.value_or(Clock::now()) + kIdle;
  }

  Clock::time_point next_look() const { return last_look_ + kBetweenLooks; }

  void send(const PollPtr& poll) {
    under_way_.insert(poll);
    last_sent_ = Clock::now();
    const LogOwner sending(poll->log_owner);
    HttpLimits limits = poll->limits;
    limits.send_by = last_sent_ + limits.answer_within;  // the connection, TLS included
    poll->call = session_.start(poll->request, limits, [this, poll](HttpResult result) {
      const LogOwner owner(poll->log_owner);
      if (result.ok()) log(LogLevel::trace, "the reply is HTTP %u", result->status);
      poll->call.reset();
      under_way_.erase(poll);
      if (std::exchange(poll->is_given_up, false)) result = given_up();
      answered(poll, std::move(result));
    });
  }

  void answered(const PollPtr& poll, HttpResult result) {
    if (poll->stop.stop_requested()) return finish(poll);
    std::optional<Clock::time_point> next;
    try {
      next = poll->judge(std::move(result));
    } catch (const std::exception& exception) {
      log(LogLevel::warning, "an answer cannot be judged: %s", exception.what());
      next = Clock::now() + kLastReply;
    }
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
  std::set<PollPtr> under_way_;
  Clock::time_point last_sent_{};
  Clock::time_point last_look_{};
  std::optional<Clock::time_point> idle_since_;
};

Poller::Poller(HttpSettings settings) : state_(std::make_shared<State>(std::move(settings))) {}

Poller::~Poller() {
  state_->tell([](State::Inbox& box) { box.closed = true; });
}

bool Poller::add(HttpRequest request, HttpLimits limits, Clock::time_point first, GiveUp give_up,
                 std::stop_token stop, Judge judge) {
  const auto poll = std::make_shared<Poll>();
  poll->request = std::move(request);
  poll->limits = limits;
  poll->due = first;
  poll->give_up = std::move(give_up);
  poll->stop = std::move(stop);
  poll->judge = std::move(judge);
  bool added = false;
  state_->tell([&](State::Inbox& box) {
    if (!box.running) box.running = start_thread();
    added = box.running;
    if (added) box.added.push_back(poll);
  });
  return added;
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
