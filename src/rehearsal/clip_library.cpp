// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_library.h"

#include <algorithm>
#include <system_error>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext::rehearsal {

namespace fs = std::filesystem;

namespace {

bool is_mp4(const fs::directory_entry& entry) {
  std::error_code error;
  return g_ascii_strcasecmp(entry.path().extension().c_str(), ".mp4") == 0 &&
         entry.is_regular_file(error);
}

// How many bytes of the file's name the prompt has words for: all of them or none.
std::size_t likeness(const fs::path& file, const std::string& prompt) {
  const std::string name = file.stem().string();
  const bool alike = g_utf8_validate(name.c_str(), -1, nullptr) != FALSE &&
                     g_str_match_string(name.c_str(), prompt.c_str(), FALSE) != FALSE;
  return alike ? name.size() : 0;
}

}  // namespace

Result<ClipLibrary> ClipLibrary::open(const fs::path& dir) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_mp4(*entry)) files.push_back(entry->path());
  }
  if (error || files.empty()) {
    return Error{.kind = ErrorKind::store,
                 .message = "There are no clips in " + dir.string() + ": " +
                            (error ? error.message() : "put files there whose names end in .mp4") +
                            '.'};
  }
  std::sort(files.begin(), files.end());
  return ClipLibrary(std::move(files));
}

const fs::path& ClipLibrary::choose(const Shot& shot, unsigned take) const {
  std::vector<const fs::path*> best;
  std::size_t most = 0;
  for (const fs::path& file : files_) {
    const std::size_t alike = likeness(file, shot.prompt);
    if (alike < most) continue;
    if (alike > most) best.clear();
    most = alike;
    best.push_back(&file);
  }
  constexpr std::size_t kDigits = 8;
  const auto start = std::stoul(sha256_hex(shot.prompt).substr(0, kDigits), nullptr, 16);
  return *best[(start + take - 1) % best.size()];
}

Outcome ClipLibrary::copy(const RenderOrder& order, const fs::path& path,
                          const std::stop_token& stop) const {
  const fs::path& chosen = choose(order.shot, order.label.take);
  const auto from = ObjectPtr<GFile>::adopt(g_file_new_for_path(chosen.c_str()));
  const auto to = ObjectPtr<GFile>::adopt(g_file_new_for_path(path.c_str()));
  const auto cancellable = ObjectPtr<GCancellable>::adopt(g_cancellable_new());
  const std::stop_callback cancel(stop,
                                  [&cancellable] { g_cancellable_cancel(cancellable.get()); });
  GErrorPtr error;
  if (g_file_copy(from.get(), to.get(), G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable.get(),
                  nullptr, nullptr, ErrorOut(error))) {
    return Done{};
  }
  if (stop.stop_requested()) return Stopped{};
  // By name alone: a client need not know where the user keeps things.
  return Error{.kind = ErrorKind::store,
               .message = "The clip " + one_line(chosen.filename().string(), 100) +
                          " cannot be copied any more; start the rehearsal again",
               .api_error_name = "ClipError"};
}

}  // namespace klingtext::rehearsal
