// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a generation can be when somebody loses patience: the service is held there until it is
// released, so whatever returns before that did not wait for it.
#pragma once

#include <ostream>
#include <string>

#include "shop.h"

namespace klingtext::test {

enum class Phase { submission, poll, poll_sleep, clip_head, clip_body };

constexpr Phase kPhases[] = {Phase::submission, Phase::poll, Phase::poll_sleep, Phase::clip_head,
                             Phase::clip_body};

inline std::string name_of(Phase phase) {
  switch (phase) {
    case Phase::submission:
      return "submission";
    case Phase::poll:
      return "poll";
    case Phase::poll_sleep:
      return "poll_sleep";
    case Phase::clip_head:
      return "clip_head";
    case Phase::clip_body:
      break;
  }
  return "clip_body";
}

inline void PrintTo(Phase phase, std::ostream* out) {
  *out << name_of(phase);
}

// Makes the service stop in this phase.
inline void hold_in(Phase phase, Shop& shop) {
  switch (phase) {
    case Phase::submission:
      shop.service.on_submit({Answer::normal().hold()});
      break;
    case Phase::poll:
      shop.service.on_poll({Answer::normal().hold()});
      break;
    case Phase::poll_sleep:
      break;
    case Phase::clip_head:
      shop.service.on_clip({Answer::normal().hold()});
      break;
    case Phase::clip_body:
      shop.service.on_clip({Answer::normal().hold_after(100)});
      break;
  }
}

// For the source, so that it comes there.
inline unsigned poll_interval_for(Phase phase) {
  return phase == Phase::poll_sleep ? 60000 : 20;
}

// Waits until it is there. False when patience ran out.
inline bool wait_until_held(Phase phase, const Shop& shop) {
  return shop.service.wait_for([&] {
    const Counts counts = shop.service.counts();
    switch (phase) {
      case Phase::submission:
        return counts.submissions == 1;
      case Phase::poll:
        return counts.polls == 1;
      case Phase::poll_sleep:
        return counts.accepted == 1 && counts.open == 0;
      case Phase::clip_head:
        return counts.clip_requests == 1;
      case Phase::clip_body:
        return counts.clip_bytes >= 100;
    }
    return false;
  });
}

}  // namespace klingtext::test
