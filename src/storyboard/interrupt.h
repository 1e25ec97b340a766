// SPDX-License-Identifier: LGPL-2.1-or-later
// Ctrl-C and SIGTERM as a question that can be asked. The first signal wakes the main context and
// is noted; a second one ends the program at once.
#pragma once

#include <glib.h>

#include <array>

namespace klingtext {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt() { let_go(); }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // The signal that came; 0: none.
  int signal() const { return signal_; }
  explicit operator bool() const { return signal_ != 0; }

 private:
  template <int number>
  static gboolean note(gpointer self);
  void let_go();

  int signal_ = 0;
  std::array<guint, 2> sources_{};
};

}  // namespace klingtext
