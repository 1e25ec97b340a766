// SPDX-License-Identifier: LGPL-2.1-or-later
// What ends a run early, as a state that can be asked for: SIGINT, SIGTERM, SIGHUP, or a reader of
// the standard output that has gone (SIGPIPE). The first is noted and wakes the default main
// context; the run then stops in order, which takes a few seconds at most. The handlers stay until
// the process has ended, so that a further signal does not cut off the answer to a submission:
// closing a terminal sends two, and so does timeout(1). A further signal limits the rest of the
// stop to kLastSeconds.
#pragma once

#include <glib.h>

namespace klingtext {

class Interrupt {
 public:
  static constexpr unsigned kLastSeconds = 6;  // more than a process's exit waits for an answer

  // Installs the handlers once. A signal that is ignored (nohup(1)) stays ignored.
  static const Interrupt& install();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // The signal that ends the run; 0: none.
  int signal() const;
  explicit operator bool() const { return signal() != 0; }

 private:
  Interrupt();
};

}  // namespace klingtext
