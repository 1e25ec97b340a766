// SPDX-License-Identifier: LGPL-2.1-or-later
// Descriptors that a forked child must not share. A file lock belongs to the open file, which a
// child inherits: the lock of a killed parent would last as long as its child.
#pragma once

#include <utility>

namespace klingtext {

// While it lives, a child of fork() finds /dev/null in place of `fd`. (exec() closes it anyway:
// descriptors are opened with O_CLOEXEC.)
class ForkGuard {
 public:
  explicit ForkGuard(int fd);
  ForkGuard(ForkGuard&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~ForkGuard();
  ForkGuard& operator=(ForkGuard&&) = delete;

  // Children of this process so far. Where it is another after the guard was made than before the
  // descriptor was opened, a child may have the descriptor.
  static unsigned forks();

 private:
  int fd_;
};

}  // namespace klingtext
