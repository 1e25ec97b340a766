// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/interrupt.h"

#include <glib-unix.h>

#include <csignal>

namespace klingtext {

Interrupt::Interrupt()
    : sources_{g_unix_signal_add(SIGINT, note<SIGINT>, this),
               g_unix_signal_add(SIGTERM, note<SIGTERM>, this)} {}

template <int number>
gboolean Interrupt::note(gpointer self) {
  static_cast<Interrupt*>(self)->signal_ = number;
  static_cast<Interrupt*>(self)->let_go();
  return G_SOURCE_CONTINUE;  // it is removed already
}

// GLib restores what the signals do by default.
void Interrupt::let_go() {
  for (guint& source : sources_) {
    if (source != 0) g_source_remove(source);
    source = 0;
  }
}

}  // namespace klingtext
