// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/model_store.h"

#include <algorithm>
#include <cstdint>

namespace klingtext::test {
namespace {

constexpr std::size_t kStack = 256 << 10;  // bytes

class ModelLock final : public HeldLock {
 public:
  ModelLock(std::set<std::string>& locks, std::string name)
      : locks_(locks), name_(std::move(name)) {}
  ~ModelLock() override { locks_.erase(name_); }

 private:
  std::set<std::string>& locks_;
  std::string name_;
};

Error dead() {
  return Error{.kind = ErrorKind::store, .message = "The process has ended."};
}

}  // namespace

Result<std::optional<std::string>> ModelStore::read_file(const std::string& name,
                                                         std::size_t max) const {
  before_each();
  if (!is_alive()) return dead();
  const auto found = files_.find(name);
  if (found == files_.end()) return std::optional<std::string>();
  return std::optional(found->second.substr(0, max));
}

Result<bool> ModelStore::create_file(const std::string& name, std::string_view bytes) const {
  before_each();
  if (!is_alive()) return dead();
  return files_.emplace(name, bytes).second;
}

Outcome ModelStore::replace_file(const std::string& name, std::string_view bytes) const {
  before_each();
  if (!is_alive()) return dead();
  files_[name] = bytes;
  return Done{};
}

Outcome ModelStore::overwrite_file(const std::string& name, std::string_view bytes) const {
  before_each();
  if (!is_alive()) return dead();
  const auto found = files_.find(name);
  if (found == files_.end() || found->second.size() != bytes.size()) return dead();
  found->second = bytes;
  return Done{};
}

Outcome ModelStore::remove_file(const std::string& name) const {
  before_each();
  if (!is_alive()) return dead();
  files_.erase(name);
  return Done{};
}

Result<std::vector<std::string>> ModelStore::list(const std::string& folder) const {
  before_each();
  if (!is_alive()) return dead();
  const std::string prefix = folder.empty() ? "" : folder + '/';
  std::set<std::string> names;
  for (const auto& [name, bytes] : files_) {
    if (name.starts_with(prefix))
      names.insert(name.substr(prefix.size(), name.find('/', prefix.size()) - prefix.size()));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

Result<StoreLock> ModelStore::try_lock(const std::string& name) const {
  before_each();
  if (!is_alive()) return dead();
  if (!locks_.insert(name).second) return StoreLock();
  return StoreLock(std::make_unique<ModelLock>(locks_, name));
}

void Interleaving::add(std::function<void()> work, unsigned killed_at) {
  auto writer = std::make_unique<Writer>();
  writer->work = std::move(work);
  writer->killed_at = killed_at;
  writer->stack.resize(kStack);
  writers_.push_back(std::move(writer));
}

// makecontext() passes integers only.
void Interleaving::enter(unsigned low, unsigned high) {
  const auto address = static_cast<std::uintptr_t>(low) | static_cast<std::uintptr_t>(high) << 32U;
  reinterpret_cast<Interleaving*>(address)->work();
}

void Interleaving::work() {
  Writer& writer = *current_;
  try {
    writer.work();
  } catch (const Killed&) {
  }
  writer.ended = true;
  swapcontext(&writer.context, &scheduler_);
}

void Interleaving::run() {
  const auto address = reinterpret_cast<std::uintptr_t>(this);
  for (auto& writer : writers_) {
    getcontext(&writer->context);
    writer->context.uc_stack.ss_sp = writer->stack.data();
    writer->context.uc_stack.ss_size = writer->stack.size();
    writer->context.uc_link = nullptr;
    makecontext(&writer->context, reinterpret_cast<void (*)()>(enter), 2,
                static_cast<unsigned>(address), static_cast<unsigned>(address >> 32U));
  }
  while (true) {
    std::vector<Writer*> ready;
    for (auto& writer : writers_) {
      if (!writer->ended) ready.push_back(writer.get());
    }
    if (ready.empty()) break;
    current_ = ready[random_() % ready.size()];
    swapcontext(&scheduler_, &current_->context);
  }
  current_ = nullptr;
}

void Interleaving::yield() {
  if (current_ == nullptr || !current_->alive) return;
  Writer& writer = *current_;
  swapcontext(&writer.context, &scheduler_);
  if (++writer.steps == writer.killed_at) {
    writer.alive = false;
    throw Killed{};
  }
}

bool Interleaving::is_alive() const {
  return current_ == nullptr || current_->alive;
}

}  // namespace klingtext::test
