// SPDX-License-Identifier: LGPL-2.1-or-later
// Where generations and clips live. Several processes may use one directory at once: every file
// appears whole, under a name made of hashes, and the first to bring it there wins.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/generation.h"

namespace klingtext::rehearsal {

class StateDir {
 public:
  // An empty path makes a private directory that is removed with this object.
  static Result<std::unique_ptr<StateDir>> open(const std::string& path);
  ~StateDir();
  StateDir(const StateDir&) = delete;
  StateDir& operator=(const StateDir&) = delete;

  // The number of this submission among all of the same members, counted across processes.
  Result<unsigned> claim_take(const std::string& members) const;

  Outcome save(const Generation& generation) const;
  std::optional<Generation> find(const std::string& id) const;
  std::vector<Generation> generations() const;

  // `name` is a clip_name(), never a text from a request.
  std::filesystem::path clip_path(const std::string& name) const;
  bool has_clip(const std::string& name) const;
  std::map<std::string, std::filesystem::path> finished_clips() const;  // by name
  // A path beside the clips to render to; adopt_clip() then gives the file its name or, if another
  // process was faster, drops it.
  std::filesystem::path new_clip_path() const;
  Outcome adopt_clip(const std::filesystem::path& rendered, const std::string& name) const;

 private:
  enum class Lifetime { kept, removed };
  StateDir(std::filesystem::path root, Lifetime lifetime);
  Outcome make_rooms() const;
  void sweep() const;
  std::filesystem::path generation_path(const std::string& id) const;

  std::filesystem::path root_;
  Lifetime lifetime_;
};

}  // namespace klingtext::rehearsal
