// SPDX-License-Identifier: LGPL-2.1-or-later
// Renders clips on a thread of its own, one at a time: several encoders at once would only make
// every clip late.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "base/guarded.h"
#include "base/result.h"
#include "rehearsal/slate_label.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

struct RenderOrder {
  std::string clip;  // a clip_name()
  Shot shot;
  SlateLabel label;
};

class RenderQueue {
 public:
  // Called on the queue's thread; must come back soon after the stop.
  using Render = std::function<Outcome(const RenderOrder&, std::stop_token)>;
  explicit RenderQueue(Render render);
  // Stops what is rendering and forgets what waits.
  ~RenderQueue() = default;
  RenderQueue(const RenderQueue&) = delete;
  RenderQueue& operator=(const RenderQueue&) = delete;

  // From any thread. A clip that is already ordered, or has failed, is not ordered again.
  void want(RenderOrder order);
  std::optional<Error> failure(const std::string& clip);

 private:
  struct State {
    std::deque<RenderOrder> waiting;
    std::set<std::string> ordered;
    std::map<std::string, Error> failures;
  };
  void work(const std::stop_token& stop);

  Render render_;
  Guarded<State> state_;
  std::jthread thread_;  // last: it uses the members above
};

}  // namespace klingtext::rehearsal
