// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: lets it come to grief at a chosen call that touches a file or a
// connection. CUT_SHORT is one of these, or several with commas between:
//   kill-before=N  SIGKILL instead of the n-th such call
//   kill-after=N   SIGKILL right after it
//   full-from=N    from the n-th on the disk is full: nothing grows, nothing new is made
//   no-links=1     the file system has no hard links
//   no-thread=N    the n-th thread cannot be created
//   fork-at-open=N forks a child, which stays alive, when the n-th lock file or growing clip is
//   open
// CUT_SHORT_COUNT names a file that receives the number of calls at a normal exit.
// CUT_SHORT_LOG names a file that receives a line for each call that was made: its number, its name
// and its file, and `started` behind a write that says so of a submission.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Wishes {
  long kill_before = 0;
  long kill_after = 0;
  long full_from = 0;
  long no_links = 0;
  long no_thread = 0;
  long fork_at_open = 0;
};

Wishes wishes;
std::atomic<long> calls{0};

long number_behind(const char* wish, const char* name) {
  const char* at = strstr(wish, name);
  return at == nullptr ? 0 : atol(at + strlen(name));
}

struct Start {
  Start() {
    const char* wish = getenv("CUT_SHORT");
    if (wish == nullptr) return;
    wishes.kill_before = number_behind(wish, "kill-before=");
    wishes.kill_after = number_behind(wish, "kill-after=");
    wishes.full_from = number_behind(wish, "full-from=");
    wishes.no_links = number_behind(wish, "no-links=");
    wishes.no_thread = number_behind(wish, "no-thread=");
    wishes.fork_at_open = number_behind(wish, "fork-at-open=");
  }
  ~Start() {
    const char* file = getenv("CUT_SHORT_COUNT");
    if (file == nullptr) return;
    const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT, 0600));
    char text[32];
    const int length = snprintf(text, sizeof text, "%ld\n", calls.load());
    if (syscall(SYS_write, fd, text, length) != length) abort();
  }
} start;

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  while (true) pause();
}

// Pipes, eventfds and terminals are not what a restart finds.
bool matters(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return false;
  return S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) || S_ISSOCK(info.st_mode);
}

// One write, so that the lines of two threads do not mix.
void note(long number, const char* name, int fd, const char* what) {
  static const char* const log = getenv("CUT_SHORT_LOG");
  if (log == nullptr) return;
  static const int to = static_cast<int>(
      syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  char link[32];
  char file[512] = "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (fd >= 0 && readlink(link, file, sizeof file - 1) < 0) file[0] = '\0';
  char line[640];
  const int length = snprintf(line, sizeof line, "%ld %s %s %s\n", number, name, file, what);
  if (syscall(SYS_write, to, line, length) != length) abort();
}

// Counts one call and sees to it that it is the last where that was asked for.
class Call {
 public:
  Call(const char* name, int fd, const char* what = "")
      : number_(++calls), name_(name), fd_(fd), what_(what) {
    if (number_ == wishes.kill_before) die();
  }
  ~Call() {
    const int kept = errno;
    note(number_, name_, fd_, what_);
    if (number_ == wishes.kill_after) die();
    errno = kept;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  bool disk_is_full() const { return wishes.full_from > 0 && number_ >= wishes.full_from; }

 private:
  long number_;
  const char* name_;
  int fd_;
  const char* what_;
};

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void fork_when_wished() {
  static std::atomic<long> opened{0};
  if (++opened != wishes.fork_at_open) return;
  const pid_t child = fork();
  if (child != 0) {
    note(0, "fork", -1, std::to_string(child).c_str());
    return;
  }
  for (int stream = 0; stream < 3; ++stream) syscall(SYS_close, stream);
  while (true) pause();
}

int no_space() {
  errno = ENOSPC;
  return -1;
}

bool grows(int fd, off_t end) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || end < 0) return false;
  return end > info.st_size || (fcntl(fd, F_GETFL) & O_APPEND) != 0;
}

}  // namespace

#define FORWARD(result, name, parameters, arguments, fd, end)     \
  extern "C" result name parameters {                             \
    static auto* const real = next<decltype(name)>(#name);        \
    if (!matters(fd)) return real arguments;                      \
    const Call call(#name, fd);                                   \
    if (call.disk_is_full() && grows(fd, end)) return no_space(); \
    return real arguments;                                        \
  }

FORWARD(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size), fd,
        lseek(fd, 0, SEEK_CUR) + static_cast<off_t>(size))
FORWARD(int, connect, (int fd, const struct sockaddr* address, socklen_t size), (fd, address, size),
        fd, -1)
FORWARD(ssize_t, writev, (int fd, const struct iovec* pieces, int count), (fd, pieces, count), fd,
        -1)
FORWARD(int, fsync, (int fd), (fd), fd, -1)
FORWARD(int, fdatasync, (int fd), (fd), fd, -1)
FORWARD(int, ftruncate64, (int fd, off64_t size) noexcept, (fd, size), fd, -1)
FORWARD(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags),
        fd, -1)
FORWARD(ssize_t, sendmsg, (int fd, const struct msghdr* message, int flags), (fd, message, flags),
        fd, -1)

extern "C" ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (!matters(fd)) return real(fd, data, size, at);
  const bool started = memmem(data, size, "\"started\"", 9) != nullptr;
  const Call call("pwrite64", fd, started ? "started" : "");
  if (call.disk_is_full() && grows(fd, at + static_cast<off_t>(size))) return no_space();
  return real(fd, data, size, at);
}

extern "C" int renameat(int from_fd, const char* from, int to_fd, const char* to) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*)>("renameat");
  const Call call("renameat", -1, to);
  return real(from_fd, from, to_fd, to);
}

extern "C" int linkat(int from_fd, const char* from, int to_fd, const char* to,
                      int flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  const Call call("linkat", -1, to);
  if (call.disk_is_full()) return no_space();
  if (wishes.no_links > 0) {
    errno = EPERM;
    return -1;
  }
  return real(from_fd, from, to_fd, to, flags);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*run)(void*), void* argument) noexcept {
  static auto* const real = next<decltype(pthread_create)>("pthread_create");
  static std::atomic<long> threads{0};
  if (++threads == wishes.no_thread) return EAGAIN;
  return real(thread, attributes, run, argument);
}

extern "C" int unlinkat(int fd, const char* name, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int)>("unlinkat");
  const Call call("unlinkat", -1, name);
  return real(fd, name, flags);
}

extern "C" int openat64(int fd, const char* name, int flags, ...) {
  static auto* const real = next<int(int, const char*, int, ...)>("openat64");
  va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if ((flags & O_CREAT) == 0) return real(fd, name, flags);
  const Call call("openat64", -1, name);
  if (call.disk_is_full() && faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
    return no_space();
  }
  const int opened = real(fd, name, flags, permissions);
  const size_t length = strlen(name);
  if (length > 5 &&
      (strcmp(name + length - 5, ".lock") == 0 || strcmp(name + length - 5, ".part") == 0)) {
    fork_when_wished();
  }
  return opened;
}
