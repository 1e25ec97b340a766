// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/interrupt.h"

#include <glib-unix.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace klingtext {
namespace {

std::atomic<int> first{0};  // the signal that ends the run
std::atomic<int> wake{-1};  // an eventfd of the main context

static_assert(std::atomic<int>::is_always_lock_free, "used in signal handlers");

void note(int number) {
  int none = 0;
  if (!first.compare_exchange_strong(none, number)) {
    alarm(Interrupt::kLastSeconds);
    return;
  }
  const std::uint64_t one = 1;
  if (write(wake, &one, sizeof one) < 0) return;  // the main context looks twice a second anyway
}

void on_signal(int number) {
  const int saved = errno;
  note(number);
  errno = saved;
}

// The process ends by the signal that stopped it.
void on_alarm(int) {
  std::signal(first, SIG_DFL);
  raise(first);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction before {};
  sigaction(number, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

gboolean take_wake(gint fd, GIOCondition, gpointer) {
  std::uint64_t count = 0;
  return read(fd, &count, sizeof count) > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

gboolean note_lost_reader(gint, GIOCondition, gpointer) {
  note(SIGPIPE);
  return G_SOURCE_REMOVE;
}

void watch_reader() {
  struct stat out {};
  if (fstat(STDOUT_FILENO, &out) != 0 || !(S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode))) return;
  g_unix_fd_add(STDOUT_FILENO, static_cast<GIOCondition>(G_IO_ERR | G_IO_HUP), note_lost_reader,
                nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake >= 0) g_unix_fd_add(wake, G_IO_IN, take_wake, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) handle(number, on_signal);
  handle(SIGALRM, on_alarm);
  std::signal(SIGPIPE, SIG_IGN);
  watch_reader();
}

const Interrupt& Interrupt::install() {
  static const auto& instance = *new Interrupt;
  return instance;
}

int Interrupt::signal() const {
  return first;
}

}  // namespace klingtext
