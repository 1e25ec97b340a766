// SPDX-License-Identifier: LGPL-2.1-or-later
// What a host sees of a store that others change can be old: a name that was just made is not
// there, one that was removed or replaced answers ESTALE, a file is half of what it is. GlusterFS
// keeps names and attributes for one second each, NFS for less. What is not as it must be is looked
// at again for 3 s, or less when the run is stopped.
#pragma once

#include <stop_token>

#include "store/store_files.h"

namespace klingtext {

class LookAgain {
 public:
  // Where locks are shared no other host changes the store, and only a writer in between is waited
  // for.
  explicit LookAgain(const StoreFiles& files);
  explicit LookAgain(std::stop_token stop);

  // Waits before another look. False when it is time to give up.
  bool wait();

 private:
  std::stop_token stop_;
  const StoreFiles* files_ = nullptr;
  int looks_ = 0;
};

}  // namespace klingtext
