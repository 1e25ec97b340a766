// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_id.h"

#include <glib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <optional>
#include <vector>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kFields = 5;

std::string first_line(const std::string& file) {
  char* text = nullptr;
  if (g_file_get_contents(file.c_str(), &text, nullptr, nullptr) == FALSE) return {};
  const GCharPtr owned(text);
  return one_line(text, 1000);
}

// The state and the start time of a process (proc(5), fields 3 and 22 of stat). Nothing when there
// is no such process.
struct ProcessStat {
  std::string state;
  std::string start;
};
std::optional<ProcessStat> stat_of(const std::string& pid) {
  const std::string line = first_line("/proc/" + pid + "/stat");
  const auto name_end = line.rfind(')');  // the name before it may hold anything
  if (name_end == std::string::npos || name_end + 2 > line.size()) return std::nullopt;
  const GlibPtr<char*, g_strfreev> fields(g_strsplit(line.c_str() + name_end + 2, " ", -1));
  if (g_strv_length(fields.get()) < 20) return std::nullopt;
  return ProcessStat{fields.get()[0], fields.get()[19]};
}

std::string pid_namespace() {
  std::array<char, 64> text{};
  const ssize_t length = readlink("/proc/self/ns/pid", text.data(), text.size());
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "-";
}

// Read once: it does not change while the process lives.
std::string read_process_id() {
  const std::string pid = std::to_string(getpid());
  const auto stat = stat_of(pid);
  std::string boot = boot_id();
  if (boot.empty()) boot = "-";
  return std::string(g_get_host_name()) + ' ' + boot + ' ' + pid_namespace() + ' ' + pid + ' ' +
         (stat ? stat->start : "-");
}

std::vector<std::string> fields_of(std::string_view process) {
  const GlibPtr<char*, g_strfreev> fields(g_strsplit(std::string(process).c_str(), " ", -1));
  std::vector<std::string> list;
  for (char** field = fields.get(); *field != nullptr; ++field) list.emplace_back(*field);
  return list;
}

}  // namespace

std::string boot_id() {
  return first_line("/proc/sys/kernel/random/boot_id");
}

std::string process_id() {
  static std::mutex mutex;
  static pid_t known_pid = 0;
  static std::string known;
  const std::scoped_lock lock(mutex);
  if (known_pid != getpid()) {
    known = read_process_id();
    known_pid = getpid();
  }
  return known;
}

Liveness liveness_of(std::string_view process) {
  const auto other = fields_of(process);
  const auto ours = fields_of(process_id());
  if (other.size() != kFields || ours.size() != kFields) return Liveness::unknown;
  if (other[1] == "-" || other[1] != ours[1] || other[2] != ours[2]) return Liveness::unknown;
  const auto stat = stat_of(other[3]);
  if (!stat) {
    // Not readable for another reason than its end, such as a limit of open files.
    const std::string folder = "/proc/" + other[3];
    return access(folder.c_str(), F_OK) != 0 && errno == ENOENT ? Liveness::dead
                                                                : Liveness::unknown;
  }
  if (other[4] == "-") return Liveness::unknown;
  const bool gone = stat->start != other[4] || stat->state == "Z" || stat->state == "X";
  return gone ? Liveness::dead : Liveness::alive;
}

bool is_this_process(std::string_view process) {
  return process == process_id();
}

std::string process_text(std::string_view process) {
  const auto fields = fields_of(process);
  if (fields.size() != kFields) return {};
  return "process " + one_line(fields[3], 20) + " on host " + one_line(fields[0], 64);
}

}  // namespace klingtext
