// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: its wall clock goes wrong by OTHER_CLOCK seconds. The monotonic one
// does not, as when somebody sets the time.
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <cstdlib>

namespace {

long wrong_by() {
  static const char* const told = getenv("OTHER_CLOCK");
  return told == nullptr ? 0 : atol(told);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, struct timespec* now) noexcept {
  static auto* const real =
      reinterpret_cast<int (*)(clockid_t, struct timespec*)>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += wrong_by();
  return result;
}

extern "C" int gettimeofday(struct timeval* now, void*) noexcept {
  struct timespec exact {};
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

extern "C" time_t time(time_t* now) noexcept {
  struct timespec exact {};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now != nullptr) *now = exact.tv_sec;
  return exact.tv_sec;
}
