// SPDX-License-Identifier: LGPL-2.1-or-later
// All shots on their way at the same time, as many as the account allows. One that fails does not
// stop the others. Runs on the main thread and its default main context.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "storyboard/display.h"
#include "storyboard/interrupt.h"
#include "storyboard/order.h"
#include "storyboard/shot_watch.h"

namespace klingtext {

class Production {
 public:
  Production(std::vector<Order> orders, unsigned max_concurrent, Display& display);

  // Until every shot is done or has failed, or the interrupt came.
  Outcome run(const Interrupt& interrupt);
  const Shots& shots() const { return shots_; }

 private:
  struct News {
    std::size_t index = 0;
    JobReport report;
    std::optional<Outcome> end;
  };
  Outcome look_at_failures();
  void begin(std::size_t index);
  void take(News news);
  void take_news();

  std::vector<Order> orders_;
  std::size_t max_concurrent_;
  Display& display_;
  Shots shots_;
  // Client request ids of what had failed before: an answer to an earlier run, not to this one.
  std::map<std::string, std::string> failed_before_;
  Guarded<std::deque<News>> mailbox_;
  std::map<std::size_t, std::unique_ptr<ShotWatch>> running_;  // last: they write to the mailbox
};

}  // namespace klingtext
