// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: it sees its store as over a network file system, each process as a host
// of its own. Locks are local. What another host created, replaced, wrote or removed less than half
// a second ago still has its old content. OTHER_HOST names a folder for that old content, on the
// file system of the store. OTHER_HOST_FAULTS is `random` (ESTALE from open, stat and flock, EACCES
// for a free lock, errors for a link that was made) or `stat` (ESTALE when an open file is looked
// at).
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

constexpr long kFuse = 0x65735546;       // its type, statfs(2)
constexpr long long kStale = 500000000;  // nanoseconds

enum class Faults { none, random, stat };

struct Held {
  dev_t device;
  ino_t file;
  bool exclusive;
};

struct Host {
  Host() {
    const char* folder = getenv("OTHER_HOST");
    const char* wanted = getenv("OTHER_HOST_FAULTS");
    past = folder == nullptr ? "" : folder;
    if (wanted != nullptr && strcmp(wanted, "random") == 0) faults = Faults::random;
    if (wanted != nullptr && strcmp(wanted, "stat") == 0) faults = Faults::stat;
    // One that sees everything at once, late, or very late.
    stale = static_cast<long long>(chance() % 3) * kStale / 2;
  }
  std::string past;
  Faults faults = Faults::none;
  std::mt19937 chance{std::random_device{}()};
  long long stale = 0;
  std::mutex mutex;
  std::map<int, Held> locks;         // by descriptor
  std::map<int, std::string> files;  // of the store, by descriptor
  std::set<int> fresh;               // opened and not looked at yet
};

Host& host() {
  static auto& instance = *new Host;
  return instance;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

long long now() {
  return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count();
}

bool happens(unsigned percent) {
  const std::scoped_lock lock(host().mutex);
  return host().faults == Faults::random && host().chance() % 100 < percent;
}

int fail(int error) {
  errno = error;
  return -1;
}

// Each host has a mount of its own.
dev_t mount() {
  return host().past.empty() ? 0 : static_cast<dev_t>(getpid());
}

// System calls that are not the hooks below.
int raw_open(const std::string& file, int flags) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, file.c_str(), flags | O_CLOEXEC, 0600));
}
bool raw_stat(int fd, const char* name, struct stat* info) {
  return syscall(SYS_newfstatat, fd, name, info, *name == '\0' ? AT_EMPTY_PATH : 0) == 0;
}

// The servers' view changes under this lock, and clients look under it.
class Server {
 public:
  Server() : fd_(raw_open(host().past + "/lock", O_RDWR | O_CREAT)) {
    syscall(SYS_flock, fd_, LOCK_EX);
  }
  ~Server() { syscall(SYS_close, fd_); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  int fd_;
};

// What a file of the store is called here; empty for a draft, which one process alone knows, for a
// lock, and for everything else.
std::string id_of(int folder, const char* name) {
  struct stat info {};
  const std::string file = name;
  if (host().past.empty() || folder < 0 || file.find('/') != std::string::npos ||
      file.ends_with(".lock") || file == "." || !raw_stat(folder, "", &info)) {
    return {};
  }
  return std::to_string(info.st_ino) + '-' + file;
}

std::string events_of(const std::string& id) {
  return host().past + '/' + id;
}

void copy(int from, const std::string& to) {
  const int fd = raw_open(to + ".new", O_WRONLY | O_CREAT);
  off_t at = 0;
  while (sendfile(fd, from, &at, 1 << 20) > 0) {
  }
  syscall(SYS_close, fd);
  syscall(SYS_renameat, AT_FDCWD, (to + ".new").c_str(), AT_FDCWD, to.c_str());
}

// Keeps what the file was before a change of this process. Under the server's lock.
void keep_past(const std::string& id, int folder, const char* name) {
  const std::string events = events_of(id);
  syscall(SYS_mkdirat, AT_FDCWD, events.c_str(), 0700);
  char event[64];
  snprintf(event, sizeof event, "/%020lld.%d.", now(), getpid());
  const int file = static_cast<int>(syscall(SYS_openat, folder, name, O_RDONLY | O_CLOEXEC, 0));
  if (file < 0) {
    syscall(SYS_close, raw_open(events + event + "absent", O_WRONLY | O_CREAT));
  } else {
    copy(file, events + event + "content");
    syscall(SYS_close, file);
  }
}

// The state that this host still sees, as a file with it: the one before the oldest change that it
// has not heard of. Empty: the present one.
std::string past_of(const std::string& id) {
  long long known = now() - host().stale;
  std::map<long long, std::string> others;
  DIR* folder = opendir(events_of(id).c_str());
  if (folder == nullptr) return {};
  while (const dirent* item = readdir(folder)) {
    long long time = 0;
    int process = 0;
    char kind[16] = "";
    if (sscanf(item->d_name, "%lld.%d.%15s", &time, &process, kind) != 3) continue;
    if (strchr(kind, '.') != nullptr) continue;
    if (process == getpid()) {
      known = std::max(known, time);
    } else {
      others[time] = events_of(id) + '/' + item->d_name;
    }
  }
  closedir(folder);
  const auto unheard = others.upper_bound(known);
  return unheard == others.end() ? std::string() : unheard->second;
}

}  // namespace

extern "C" int openat64(int folder, const char* name, int flags, ...) {
  static auto* const real = next<int(int, const char*, int, ...)>("openat64");
  va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  const std::string id = (flags & O_DIRECTORY) != 0 ? std::string() : id_of(folder, name);
  if (id.empty()) return real(folder, name, flags, permissions);
  if (happens(10)) return fail(ESTALE);
  int fd = -1;
  if ((flags & (O_CREAT | O_WRONLY | O_RDWR)) == 0) {
    const Server server;
    const std::string past = past_of(id);
    if (past.ends_with(".absent")) return fail(ENOENT);
    fd = past.empty() ? real(folder, name, flags) : raw_open(past, flags);
  } else {
    fd = real(folder, name, flags, permissions);
  }
  const std::scoped_lock lock(host().mutex);
  if (fd >= 0) host().files[fd] = std::to_string(folder) + '/' + name;
  if (fd >= 0) host().fresh.insert(fd);
  return fd;
}

extern "C" int close(int fd) {
  static auto* const real = next<int(int)>("close");
  {
    const std::scoped_lock lock(host().mutex);
    host().locks.erase(fd);
    host().files.erase(fd);
    host().fresh.erase(fd);
  }
  return real(fd);
}

// Entries are written in place; what is written into a draft or a clip is no matter.
extern "C" ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  std::string file;
  {
    const std::scoped_lock lock(host().mutex);
    const auto found = host().files.find(fd);
    if (found != host().files.end()) file = found->second;
  }
  if (!file.ends_with(".json")) return real(fd, data, size, at);
  const int folder = atoi(file.c_str());
  const std::string name = file.substr(file.find('/') + 1);
  const Server server;
  keep_past(id_of(folder, name.c_str()), folder, name.c_str());
  return real(fd, data, size, at);
}

extern "C" int renameat(int from_fd, const char* from, int to_fd, const char* to) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*)>("renameat");
  const std::string id = id_of(to_fd, to);
  if (id.empty()) return real(from_fd, from, to_fd, to);
  const Server server;
  keep_past(id, to_fd, to);
  return real(from_fd, from, to_fd, to);
}

extern "C" int linkat(int from_fd, const char* from, int to_fd, const char* to,
                      int flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  const std::string id = id_of(to_fd, to);
  if (id.empty()) return real(from_fd, from, to_fd, to, flags);
  const Server server;
  struct stat info {};
  if (raw_stat(to_fd, to, &info)) return fail(EEXIST);
  keep_past(id, to_fd, to);
  const int result = real(from_fd, from, to_fd, to, flags);
  if (result == 0 && happens(10)) return fail(EEXIST);
  if (result == 0 && happens(5)) return fail(EPERM);
  if (result == 0 && happens(5)) return fail(EIO);
  return result;
}

extern "C" int unlinkat(int folder, const char* name, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int)>("unlinkat");
  const std::string id = id_of(folder, name);
  if (id.empty()) return real(folder, name, flags);
  const Server server;
  keep_past(id, folder, name);
  return real(folder, name, flags);
}

extern "C" int flock(int fd, int operation) noexcept {
  if (host().past.empty()) return static_cast<int>(syscall(SYS_flock, fd, operation));
  struct stat info {};
  if (!raw_stat(fd, "", &info)) return -1;
  if ((operation & LOCK_EX) != 0 && happens(10)) return fail(EACCES);
  if ((operation & LOCK_UN) == 0 && happens(10)) return fail(ESTALE);
  const std::scoped_lock lock(host().mutex);
  const bool exclusive = (operation & LOCK_EX) != 0;
  if ((operation & LOCK_UN) != 0) {
    host().locks.erase(fd);
    return 0;
  }
  for (const auto& [other, held] : host().locks) {
    const bool same = held.device == info.st_dev && held.file == info.st_ino;
    if (other != fd && same && (exclusive || held.exclusive)) return fail(EWOULDBLOCK);
  }
  host().locks[fd] = {info.st_dev, info.st_ino, exclusive};
  return 0;
}

extern "C" int fstat64(int fd, struct stat64* info) noexcept {
  static auto* const real = next<int(int, struct stat64*)>("fstat64");
  bool known = false;
  {
    const std::scoped_lock lock(host().mutex);
    known = host().fresh.erase(fd) > 0;
  }
  if (known && (host().faults == Faults::stat || happens(5))) return fail(ESTALE);
  const int result = real(fd, info);
  if (result == 0) info->st_dev += mount();
  return result;
}

extern "C" int fstatat64(int folder, const char* name, struct stat64* info, int flags) noexcept {
  static auto* const real = next<int(int, const char*, struct stat64*, int)>("fstatat64");
  if (!host().past.empty() && folder >= 0 && happens(5)) return fail(ESTALE);
  const int result = real(folder, name, info, flags);
  if (result == 0) info->st_dev += mount();
  return result;
}

// A process of another host is not seen in /proc.
extern "C" ssize_t readlink(const char* path, char* text, size_t size) noexcept {
  static auto* const real = next<ssize_t(const char*, char*, size_t)>("readlink");
  if (strcmp(path, "/proc/self/ns/pid") != 0) return real(path, text, size);
  return snprintf(text, size, "pid:[%d]", getpid());
}

extern "C" int fstatfs64(int fd, struct statfs64* info) noexcept {
  static auto* const real = next<int(int, struct statfs64*)>("fstatfs64");
  const int result = real(fd, info);
  if (result == 0) info->f_type = kFuse;
  return result;
}
