// SPDX-License-Identifier: LGPL-2.1-or-later
// Takes submissions in and answers for them: the service without HTTP.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/clip_library.h"
#include "rehearsal/generation.h"
#include "rehearsal/render_queue.h"
#include "rehearsal/state_dir.h"
#include "rehearsal/workers.h"

namespace klingtext::rehearsal {

// Used on one thread; the render queue inside has its own.
class Desk {
 public:
  struct Answer {
    Status status = Status::queued;
    std::string clip;  // names the clip once it is completed
    Ending ending;     // says why once it is an error
  };

  // Answers with slates if there is no `library`.
  Desk(std::unique_ptr<StateDir> state, double pace, Workers workers,
       std::optional<ClipLibrary> library);

  // Accepts the submission and starts rendering; the id of the new generation.
  // `note` is what the client tells of the slate.
  Result<std::string> submit(Submission submission, const SlateNote& note,
                             const std::string& client_request_id);

  // Makes those known that earlier processes on the same directory have accepted.
  void recall();
  // The end of a generation, whatever it was about to become.
  void end(const std::string& id, Ending ending);

  // The generations that are known to this process, the oldest first.
  std::vector<const Generation*> generations() const;

  // None for an id that neither this nor any other process on the same directory gave out.
  std::optional<Answer> query(const std::string& id);

  // The name that the clip of a known generation has or will have.
  std::string clip_of(const std::string& id);

  // None unless `clip` was named in an answer of this process, or was finished before it began.
  std::optional<std::filesystem::path> clip_path(const std::string& clip) const;

 private:
  Generation* find(const std::string& id);
  void keep(const Generation& generation) const;
  void settle(Generation& generation, const std::string& clip);

  std::unique_ptr<StateDir> state_;
  double pace_;
  Workers workers_;
  std::map<std::string, Generation> generations_;       // by id
  std::map<std::string, std::filesystem::path> clips_;  // by name: the only way to a file
  RenderQueue queue_;                                   // last: it uses state_
};

}  // namespace klingtext::rehearsal
