// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fork_guard.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <mutex>
#include <set>

namespace klingtext {
namespace {

struct Guarded {
  std::mutex mutex;
  std::multiset<int> descriptors;
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);  // opened early: a child may have none left
  unsigned forks = 0;
};

// Immortal: jobs close their files while static objects are destroyed.
Guarded& guarded() {
  static auto& instance = *new Guarded;
  return instance;
}

void before_fork() {
  guarded().mutex.lock();
}

void in_parent() {
  ++guarded().forks;
  guarded().mutex.unlock();
}

void in_child() {
  for (const int fd : guarded().descriptors) {
    if (dup3(guarded().nothing, fd, O_CLOEXEC) < 0) close(fd);
  }
  guarded().mutex.unlock();
}

void install() {
  static const int installed = pthread_atfork(before_fork, in_parent, in_child);
  (void)installed;
}

}  // namespace

ForkGuard::ForkGuard(int fd) : fd_(fd) {
  install();
  const std::scoped_lock lock(guarded().mutex);
  guarded().descriptors.insert(fd);
}

ForkGuard::~ForkGuard() {
  const std::scoped_lock lock(guarded().mutex);
  if (fd_ >= 0) guarded().descriptors.extract(fd_);
}

unsigned ForkGuard::forks() {
  install();
  const std::scoped_lock lock(guarded().mutex);
  return guarded().forks;
}

}  // namespace klingtext
