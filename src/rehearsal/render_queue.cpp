// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/render_queue.h"

#include <utility>

namespace klingtext::rehearsal {

RenderQueue::RenderQueue(Render render)
    : render_(std::move(render)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

void RenderQueue::want(RenderOrder order) {
  {
    auto state = state_.lock();
    if (state->failures.contains(order.clip) || !state->ordered.insert(order.clip).second) return;
    state->waiting.push_back(std::move(order));
  }
  state_.notify_all();
}

std::optional<Error> RenderQueue::failure(const std::string& clip) {
  auto state = state_.lock();
  const auto found = state->failures.find(clip);
  if (found == state->failures.end()) return std::nullopt;
  return found->second;
}

void RenderQueue::work(const std::stop_token& stop) {
  while (true) {
    RenderOrder order;
    {
      auto state = state_.lock();
      if (!state.wait(stop, [&state] { return !state->waiting.empty(); })) return;
      order = std::move(state->waiting.front());
      state->waiting.pop_front();
    }
    const Outcome outcome = render_(order, stop);
    auto state = state_.lock();
    state->ordered.erase(order.clip);
    if (outcome.failed()) state->failures.emplace(order.clip, outcome.error());
  }
}

}  // namespace klingtext::rehearsal
