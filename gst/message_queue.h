// SPDX-License-Identifier: LGPL-2.1-or-later
// Posts messages in the order in which they were pushed, whichever threads push and post. Messages
// are posted with no lock held, because an application may answer from inside the post; a thread
// that comes while another one posts leaves its messages to that one.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>

#include "base/guarded.h"

namespace klingtext {

class MessageQueue {
 public:
  // Borrows the element, which owns this.
  explicit MessageQueue(GstElement* element) : element_(element) {}
  ~MessageQueue();
  MessageQueue(const MessageQueue&) = delete;
  MessageQueue& operator=(const MessageQueue&) = delete;

  // Takes the message. May be called with locks held, which then give the order.
  void push(GstMessage* message);
  void post();
  // Returns when everything pushed before is on the bus, also what another thread is posting;
  // earlier when interrupted, which wake() has looked up.
  void post_and_wait(const std::function<bool()>& interrupted);
  void wake();

 private:
  struct State {
    std::deque<GstMessage*> messages;
    std::thread::id poster;  // none: nobody is posting
    std::uint64_t pushed = 0;
    std::uint64_t posted = 0;
  };

  GstElement* element_;
  Guarded<State> state_;
};

}  // namespace klingtext
