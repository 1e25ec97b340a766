// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/look_again.h"

#include "base/cancel.h"

namespace klingtext {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr int kLooks = 150;
constexpr int kLooksAlone = 3;

}  // namespace

LookAgain::LookAgain(const StoreFiles& files) : stop_(files.stop()), files_(&files) {}

LookAgain::LookAgain(std::stop_token stop) : stop_(std::move(stop)) {}

bool LookAgain::wait() {
  const bool alone = files_ != nullptr && files_->locks_are_shared();
  if (++looks_ > (alone ? kLooksAlone : kLooks)) return false;
  return sleep_until(stop_, std::chrono::steady_clock::now() + kBetweenLooks) == Waited::whole;
}

}  // namespace klingtext
