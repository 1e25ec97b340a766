// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message_queue.h"

namespace klingtext {
namespace {

// For an application that does not return from its synchronous message handler.
constexpr std::chrono::seconds kLongestWait{2};

}  // namespace

MessageQueue::~MessageQueue() {
  for (GstMessage* message : state_.lock()->messages) gst_message_unref(message);
}

void MessageQueue::push(GstMessage* message) {
  auto state = state_.lock();
  state->messages.push_back(message);
  ++state->pushed;
}

void MessageQueue::post() {
  while (true) {
    GstMessage* message = nullptr;
    {
      auto state = state_.lock();
      if (state->poster != std::thread::id() || state->messages.empty()) return;
      state->poster = std::this_thread::get_id();
      message = state->messages.front();
      state->messages.pop_front();
    }
    gst_element_post_message(element_, message);
    {
      auto state = state_.lock();
      state->poster = std::thread::id();
      ++state->posted;
    }
    state_.notify_all();
  }
}

void MessageQueue::post_and_wait(const std::function<bool()>& interrupted) {
  const std::uint64_t target = state_.lock()->pushed;
  post();
  auto state = state_.lock();
  state.wait_until(std::chrono::steady_clock::now() + kLongestWait, [&] {
    return state->posted >= target || state->poster == std::this_thread::get_id() || interrupted();
  });
}

void MessageQueue::wake() {
  { const auto state = state_.lock(); }
  state_.notify_all();
}

}  // namespace klingtext
