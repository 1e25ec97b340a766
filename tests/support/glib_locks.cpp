// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into tests under ThreadSanitizer: tells it what GLib's locks put in order. They are
// futexes, which it cannot see, so whatever a pipeline's threads hand to each other under
// GStreamer's locks would look like a race. It hides nothing: only what a lock really orders is
// ordered.
#include <dlfcn.h>
#include <glib.h>

// Not there in a process without ThreadSanitizer.
extern "C" {
[[gnu::weak]] void __tsan_acquire(void* address);  // NOLINT(bugprone-reserved-identifier)
[[gnu::weak]] void __tsan_release(void* address);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

template <typename Function>
Function* glibs(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void taken(void* lock) {
  if (__tsan_acquire != nullptr) __tsan_acquire(lock);
}

void given(void* lock) {
  if (__tsan_release != nullptr) __tsan_release(lock);
}

}  // namespace

extern "C" {

void g_mutex_lock(GMutex* mutex) {
  static auto* const glib = glibs<decltype(g_mutex_lock)>("g_mutex_lock");
  glib(mutex);
  taken(mutex);
}

gboolean g_mutex_trylock(GMutex* mutex) {
  static auto* const glib = glibs<decltype(g_mutex_trylock)>("g_mutex_trylock");
  const gboolean got = glib(mutex);
  if (got) taken(mutex);
  return got;
}

void g_mutex_unlock(GMutex* mutex) {
  static auto* const glib = glibs<decltype(g_mutex_unlock)>("g_mutex_unlock");
  given(mutex);
  glib(mutex);
}

void g_rec_mutex_lock(GRecMutex* mutex) {
  static auto* const glib = glibs<decltype(g_rec_mutex_lock)>("g_rec_mutex_lock");
  glib(mutex);
  taken(mutex);
}

gboolean g_rec_mutex_trylock(GRecMutex* mutex) {
  static auto* const glib = glibs<decltype(g_rec_mutex_trylock)>("g_rec_mutex_trylock");
  const gboolean got = glib(mutex);
  if (got) taken(mutex);
  return got;
}

void g_rec_mutex_unlock(GRecMutex* mutex) {
  static auto* const glib = glibs<decltype(g_rec_mutex_unlock)>("g_rec_mutex_unlock");
  given(mutex);
  glib(mutex);
}

void g_cond_wait(GCond* cond, GMutex* mutex) {
  static auto* const glib = glibs<decltype(g_cond_wait)>("g_cond_wait");
  given(mutex);
  glib(cond, mutex);
  taken(mutex);
}

gboolean g_cond_wait_until(GCond* cond, GMutex* mutex, gint64 end_time) {
  static auto* const glib = glibs<decltype(g_cond_wait_until)>("g_cond_wait_until");
  given(mutex);
  const gboolean signalled = glib(cond, mutex, end_time);
  taken(mutex);
  return signalled;
}

}  // extern "C"
