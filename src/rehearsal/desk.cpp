// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/desk.h"

#include <algorithm>
#include <utility>

#include "base/glib_ptr.h"
#include "base/log.h"
#include "rehearsal/clip_render.h"

namespace klingtext::rehearsal {

namespace {

// How long before its time a clip begins to be rendered.
constexpr std::chrono::seconds kHeadStart{20};

std::chrono::milliseconds wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

std::string new_id(const std::string& model) {
  const GCharPtr uuid(g_uuid_string_random());
  return std::string(uuid.get()) + ':' + model;
}

Outcome make_clip(const StateDir& state, const std::optional<ClipLibrary>& library,
                  const RenderOrder& order, const std::stop_token& stop) {
  // Another process on the same directory may have been faster.
  if (state.has_clip(order.clip)) return Done{};
  const std::filesystem::path path = state.new_clip_path();
  Outcome rendered = library ? library->copy(order, path, stop) : render_clip(order, path, stop);
  if (rendered) return state.adopt_clip(path, order.clip);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (rendered.failed()) log(LogLevel::warning, "rehearsal: %s", rendered.error().message.c_str());
  return rendered;
}

}  // namespace

Desk::Desk(std::unique_ptr<StateDir> state, double pace, Workers workers,
           std::optional<ClipLibrary> library)
    : state_(std::move(state)),
      pace_(pace),
      workers_(std::move(workers)),
      clips_(state_->finished_clips()),
      queue_([dir = state_.get(), library = std::move(library)](const RenderOrder& order,
                                                                const std::stop_token& stop) {
        return make_clip(*dir, library, order, stop);
      }) {}

Result<std::string> Desk::submit(Submission submission, const SlateNote& note,
                                 const std::string& client_request_id) {
  const auto take =
      note.take ? Result<unsigned>(*note.take) : state_->claim_take(submission.members);
  if (!take) return take.as<std::string>();
  const std::string id = new_id(submission.shot.model);
  const auto now = wall_clock();
  Generation generation{.id = id,
                        .submission = std::move(submission),
                        .take = *take,
                        .client_request_id = client_request_id,
                        .shot = note.shot.value_or(""),
                        .two_pop = note.two_pop,
                        .accepted = now,
                        .plan = workers_.take_on(plan_for(id, pace_), now)};
  if (auto saved = state_->save(generation); !saved) return saved.as<std::string>();
  Generation& kept = generations_.emplace(id, std::move(generation)).first->second;
  settle(kept, clip_name(kept));
  return id;
}

std::vector<const Generation*> Desk::generations() const {
  std::vector<const Generation*> all;
  all.reserve(generations_.size());
  for (const auto& [id, generation] : generations_) all.push_back(&generation);
  std::stable_sort(all.begin(), all.end(), [](const Generation* a, const Generation* b) {
    return a->accepted < b->accepted;
  });
  return all;
}

void Desk::recall() {
  for (Generation& kept : state_->generations()) {
    std::string id = kept.id;
    generations_.emplace(std::move(id), std::move(kept));
  }
}

void Desk::end(const std::string& id, Ending ending) {
  Generation* generation = find(id);
  if (generation == nullptr) return;
  generation->ending = std::move(ending);
  keep(*generation);
}

void Desk::keep(const Generation& generation) const {
  if (auto saved = state_->save(generation); saved.failed()) {
    log(LogLevel::warning, "rehearsal: %s", saved.error().message.c_str());
  }
}

Generation* Desk::find(const std::string& id) {
  if (const auto known = generations_.find(id); known != generations_.end()) {
    return &known->second;
  }
  auto kept = state_->find(id);
  if (!kept) return nullptr;
  return &generations_.emplace(id, *std::move(kept)).first->second;
}

// Sees to it that an unfinished generation gets its clip, or learns why there is none.
void Desk::settle(Generation& generation, const std::string& clip) {
  if (generation.ending || state_->has_clip(clip)) return;
  if (const auto failure = queue_.failure(clip)) {
    generation.ending = Ending{
        .status = Status::error,
        .error_name = failure->api_error_name.empty() ? "RenderError" : failure->api_error_name,
        .error_message = failure->message};
    return keep(generation);
  }
  // Not earlier: waiting is free, an encoder is not.
  if (wall_clock() + kHeadStart < generation.accepted + generation.plan.total) return;
  queue_.want({.clip = clip, .shot = generation.submission.shot, .label = label_of(generation)});
}

std::optional<Desk::Answer> Desk::query(const std::string& id) {
  Generation* generation = find(id);
  if (generation == nullptr) return std::nullopt;
  const std::string clip = clip_name(*generation);
  settle(*generation, clip);
  const bool rendered = state_->has_clip(clip);
  Answer answer{.status = status_at(*generation, wall_clock(), rendered)};
  if (answer.status == Status::completed) {
    answer.clip = clip;
    clips_.insert_or_assign(clip, state_->clip_path(clip));
  }
  if (generation->ending) answer.ending = *generation->ending;
  return answer;
}

std::string Desk::clip_of(const std::string& id) {
  const Generation* generation = find(id);
  return generation == nullptr ? std::string() : clip_name(*generation);
}

std::optional<std::filesystem::path> Desk::clip_path(const std::string& clip) const {
  const auto known = clips_.find(clip);
  if (known == clips_.end()) return std::nullopt;
  return known->second;
}

}  // namespace klingtext::rehearsal
