// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/state_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/glib_ptr.h"
#include "base/random.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace klingtext::rehearsal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kGenerations = "generations";
constexpr const char* kTakes = "takes";
constexpr const char* kClips = "clips";
constexpr const char* kClipSuffix = ".mp4";
constexpr const char* kUnfinished = ".part";
constexpr std::size_t kNameBytes = 8;  // of randomness in a temporary name

Error store_error(const std::string& what, const fs::path& path, int error_number) {
  return {.kind = error_number == ENOSPC ? ErrorKind::no_space : ErrorKind::store,
          .message = "The rehearsal cannot " + what + " " + path.string() + ": " +
                     g_strerror(error_number) + "."};
}

Outcome make_dir(const fs::path& path) {
  if (g_mkdir_with_parents(path.c_str(), 0700) == 0) return Done{};
  return store_error("create", path, errno);
}

std::optional<Generation> generation_in(const fs::path& file) {
  char* raw = nullptr;
  gsize length = 0;
  if (!g_file_get_contents(file.c_str(), &raw, &length, nullptr)) return std::nullopt;
  const GCharPtr text(raw);
  return generation_from_json({text.get(), length});
}

}  // namespace

Result<std::unique_ptr<StateDir>> StateDir::open(const std::string& path) {
  std::unique_ptr<StateDir> dir;
  if (path.empty()) {
    GErrorPtr error;
    const GCharPtr made(g_dir_make_tmp("klingtext-rehearsal-XXXXXX", ErrorOut(error)));
    if (made == nullptr) {
      return Error{.kind = ErrorKind::store,
                   .message = std::string("The rehearsal has no place for its clips: ") +
                              error->message + "."};
    }
    dir.reset(new StateDir(made.get(), Lifetime::removed));
  } else {
    dir.reset(new StateDir(path, Lifetime::kept));
  }
  if (auto made = dir->make_rooms(); !made) return made.as<std::unique_ptr<StateDir>>();
  dir->sweep();
  return dir;
}

StateDir::StateDir(fs::path root, Lifetime lifetime)
    : root_(std::move(root)), lifetime_(lifetime) {}

StateDir::~StateDir() {
  if (lifetime_ == Lifetime::kept) return;
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Outcome StateDir::make_rooms() const {
  for (const char* room : {kGenerations, kTakes, kClips}) {
    if (auto made = make_dir(root_ / room); !made) return made;
  }
  return Done{};
}

// Removes what a killed process left half rendered. No render takes an hour.
void StateDir::sweep() const {
  std::error_code error;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (fs::directory_iterator entry(root_ / kClips, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    if (entry->path().extension() != kUnfinished) continue;
    if (const auto written = entry->last_write_time(gone); gone || written > old) continue;
    fs::remove(entry->path(), gone);
  }
}

Result<unsigned> StateDir::claim_take(const std::string& members) const {
  const fs::path stem = root_ / kTakes / sha256_hex(members);
  for (unsigned take = 1;; ++take) {
    const fs::path path = stem.string() + '.' + std::to_string(take);
    const UniqueFd claim(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (claim) return take;
    if (errno != EEXIST) return store_error("write", path, errno);
  }
}

fs::path StateDir::generation_path(const std::string& id) const {
  return root_ / kGenerations / (sha256_hex(id) + ".json");
}

Outcome StateDir::save(const Generation& generation) const {
  const fs::path path = generation_path(generation.id);
  const std::string text = to_json(generation);
  GErrorPtr error;
  if (!g_file_set_contents_full(path.c_str(), text.data(), static_cast<gssize>(text.size()),
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, ErrorOut(error))) {
    return Error{.kind = ErrorKind::store,
                 .message = std::string("The rehearsal cannot keep its generation: ") +
                            error->message + "."};
  }
  return Done{};
}

std::optional<Generation> StateDir::find(const std::string& id) const {
  auto generation = generation_in(generation_path(id));
  if (generation && generation->id != id) return std::nullopt;
  return generation;
}

std::vector<Generation> StateDir::generations() const {
  std::vector<Generation> all;
  std::error_code error;
  for (fs::directory_iterator entry(root_ / kGenerations, error), end; !error && entry != end;
       entry.increment(error)) {
    if (auto generation = generation_in(entry->path())) all.push_back(*std::move(generation));
  }
  return all;
}

fs::path StateDir::clip_path(const std::string& name) const {
  return root_ / kClips / (name + kClipSuffix);
}

bool StateDir::has_clip(const std::string& name) const {
  std::error_code error;
  return fs::is_regular_file(clip_path(name), error);
}

std::map<std::string, fs::path> StateDir::finished_clips() const {
  std::map<std::string, fs::path> clips;
  std::error_code error;
  for (fs::directory_iterator entry(root_ / kClips, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == kClipSuffix) {
      clips.emplace(entry->path().stem().string(), entry->path());
    }
  }
  return clips;
}

fs::path StateDir::new_clip_path() const {
  return root_ / kClips / (random_hex(kNameBytes) + kUnfinished);
}

Outcome StateDir::adopt_clip(const fs::path& rendered, const std::string& name) const {
  // A link, unlike a rename, never replaces a clip that somebody may be downloading in parts.
  const int linked = ::link(rendered.c_str(), clip_path(name).c_str()) == 0 ? 0 : errno;
  if (linked == EPERM) {  // a file system without hard links
    return ::rename(rendered.c_str(), clip_path(name).c_str()) == 0
               ? Outcome(Done{})
               : store_error("write", clip_path(name), errno);
  }
  ::unlink(rendered.c_str());
  if (linked == 0 || linked == EEXIST) return Done{};
  return store_error("write", clip_path(name), linked);
}

}  // namespace klingtext::rehearsal
