// SPDX-License-Identifier: LGPL-2.1-or-later
// Descriptors that a forked child must not share. A file lock belongs to the open file, which a
// child inherits: the lock of a killed parent would last as long as its child.
#pragma once

namespace klingtext {

// While it lives, a child of fork() finds /dev/null in place of `fd`. (exec() closes it anyway:
// descriptors are opened with O_CLOEXEC.)
class ForkGuard {
 public:
  explicit ForkGuard(int fd);
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

 private:
  int fd_;
};

}  // namespace klingtext
