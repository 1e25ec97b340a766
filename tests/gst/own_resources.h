// SPDX-License-Identifier: LGPL-2.1-or-later
// What this process holds, as the kernel sees it.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

namespace klingtext::test {

inline std::ptrdiff_t count_in(const char* folder) {
  std::error_code none;
  const std::filesystem::directory_iterator items(folder, none);
  return std::distance(begin(items), end(items));
}

struct OwnResources {
  std::ptrdiff_t threads = count_in("/proc/self/task");
  std::ptrdiff_t descriptors = count_in("/proc/self/fd");
  bool operator==(const OwnResources&) const = default;
};

inline void PrintTo(const OwnResources& held, std::ostream* out) {
  *out << held.threads << " threads, " << held.descriptors << " descriptors";
}

// What memory may differ by without being lost. Sanitizers keep some of what was freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kMemorySlack = 320U << 20U;  // bytes
#else
constexpr std::size_t kMemorySlack = 16U << 20U;  // bytes
#endif

inline std::size_t resident_bytes() {
  std::size_t whole = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> whole >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace klingtext::test
