// SPDX-License-Identifier: LGPL-2.1-or-later
// Random interleavings of two processes that submit, resubmit, adopt, follow and forget one
// request, and are killed at any step: no purchase disappears, and what is spent is what was sent.
// The failing seed is printed; KLINGTEXT_SEED repeats it alone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "store/model_store.h"
#include "store/purchase.h"
#include "store/standing.h"

namespace klingtext {
namespace {

using test::Interleaving;
using test::ModelStore;

constexpr std::int64_t kNow = 1767225600;
constexpr unsigned kSeconds = 5;

// What the service knows of a POST.
struct Posted {
  enum class Answer { accepted, refused, lost };
  Answer answer = Answer::accepted;
  std::string generation_id;
  bool failed = false;     // seen by a process that recorded it
  bool forgotten = false;  // by name, on purpose
  bool told_refused = false;
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    store_->before_each = [this] { processes_.yield(); };
    store_->is_alive = [this] { return processes_.is_alive(); };
  }

  void live();
  void check();
  std::string text() const;

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }
  std::string fresh_id() {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string id = "klingtext:" + key_ + ':';
    for (int i = 0; i < 16; ++i) id += kHex[random_() % 16];
    return id;
  }

  void act();
  void submit(const std::string& resubmit);
  void buy(const StoreLock& lock, const std::optional<Entry>& given_up);
  void follow(const Entry& entry);
  void forget();
  void adopt();
  void settle_as_a_last_run();

  std::mt19937_64 random_;
  std::shared_ptr<ModelStore> store_ = std::make_shared<ModelStore>();
  Journal journal_{store_};
  Interleaving processes_{random_};
  const std::string key_ = std::string(64, 'a');
  std::map<std::string, Posted> posts_;    // by client request id
  std::set<std::string> resubmitted_;      // ids that were given up by name
  std::map<std::string, bool> completed_;  // generation ids that the journal called completed
  bool was_forgotten_ = false;
};

void World::buy(const StoreLock&, const std::optional<Entry>& given_up) {
  Entry intent;
  intent.key = key_;
  intent.service = "https://api.example/v2";
  intent.request = R"({"prompt":"raccoon"})";
  intent.seconds = kSeconds;
  intent.submitted = kNow;
  intent.client_request_id = fresh_id();
  Purchase purchase(journal_, intent, given_up, 0);
  if (!purchase.reserve().ok()) return;
  if (one_in(6)) {  // stopped before it is sent
    (void)purchase.withdraw();
    return;
  }
  if (!purchase.start_sending().ok()) {
    (void)purchase.withdraw();
    return;
  }
  // The POST. From here on the service knows it.
  Posted& post = posts_[intent.client_request_id];
  post.answer = static_cast<Posted::Answer>(random_() % 3);
  post.generation_id = "generation-" + std::to_string(posts_.size());
  if (given_up) resubmitted_.insert(given_up->client_request_id);
  processes_.yield();
  switch (post.answer) {
    case Posted::Answer::accepted: {
      GenerationReply reply;
      reply.id = post.generation_id;
      (void)purchase.accept(reply);
      break;
    }
    case Posted::Answer::refused:
      post.told_refused = purchase.withdraw().ok();
      break;
    case Posted::Answer::lost:
      (void)purchase.lose({"", "the connection broke"}, "");
      break;
  }
}

void World::follow(const Entry& entry) {
  if (entry.state == EntryState::error) return;
  const auto lock = journal_.try_lock(key_);
  if (!lock.ok() || *lock == nullptr) return;
  const bool fails = one_in(3);
  const auto changed = journal_.change(entry, [&](Entry& now) {
    if (now.state != EntryState::completed) {
      now.state = fails ? EntryState::error : EntryState::completed;
    }
  });
  if (changed.ok() && changed->state == EntryState::completed) {
    completed_[changed->generation_id] = true;
  }
}

void World::submit(const std::string& resubmit) {
  for (int tries = 0; tries < 6; ++tries) {
    auto lock = journal_.try_lock(key_);
    if (!lock.ok()) return;
    if (*lock == nullptr) continue;
    const auto entry = journal_.find(key_);
    if (!entry.ok()) return;
    const auto standing = standing_of(journal_, *entry, resubmit, kNow);
    if (!standing.ok() || *standing == Standing::unknown) return;
    if (*standing == Standing::free) {
      buy(*lock, *entry);
      return;
    }
    if (*standing == Standing::has_id) {
      lock->reset();
      follow(**entry);
      return;
    }
  }
}

void World::forget() {
  const auto lock = journal_.try_lock(key_);
  if (!lock.ok() || *lock == nullptr) return;
  const auto entry = journal_.find(key_);
  if (!entry.ok() || !*entry) return;
  was_forgotten_ = true;
  for (auto& [id, post] : posts_) post.forgotten = true;
  (void)journal_.forget(key_);
}

// generation-id of some generation of this account.
void World::adopt() {
  const auto lock = journal_.try_lock(key_);
  if (!lock.ok() || *lock == nullptr) return;
  const auto entry = journal_.find(key_);
  if (!entry.ok() || (*entry && has_generation(**entry))) return;
  if (!*entry) {
    Entry adopted;
    adopted.key = key_;
    adopted.service = "https://api.example/v2";
    adopted.state = EntryState::accepted;
    adopted.generation_id = "adopted";
    (void)journal_.create(adopted, std::nullopt);
    return;
  }
  if ((*entry)->state == EntryState::intent && !journal_.has_submitter_ended(**entry)) return;
  if ((*entry)->sending == Sending::pending) return;
  (void)journal_.change(**entry, [&](Entry& now) {
    now.state = EntryState::accepted;
    now.generation_id = "adopted";
  });
}

void World::act() {
  switch (random_() % 8) {
    case 0:
      return forget();
    case 1:
      return adopt();
    case 2:
    case 3: {  // the user names what the last error printed
      const auto entry = journal_.find(key_);
      if (entry.ok() && *entry) submit((*entry)->client_request_id);
      return;
    }
    default:
      return submit("");
  }
}

void World::live() {
  const unsigned acts = 1 + static_cast<unsigned>(random_() % 3);
  for (int process = 0; process < 2; ++process) {
    const auto killed_at = one_in(2) ? 1 + static_cast<unsigned>(random_() % 40) : 0U;
    processes_.add(
        [this, acts] {
          for (unsigned act_number = 0; act_number < acts; ++act_number) act();
        },
        killed_at);
  }
  processes_.run();
}

// What the next run does before it decides: withdraws what was never sent, and rolls back the rest.
void World::settle_as_a_last_run() {
  {
    const auto lock = journal_.try_lock(key_);
    ASSERT_TRUE(lock.ok() && *lock != nullptr) << "a lock outlives its process";
    const auto entry = journal_.find(key_);
    ASSERT_TRUE(entry.ok()) << entry.error().message;
    ASSERT_TRUE(standing_of(journal_, *entry, "", kNow).ok());
  }
  ASSERT_TRUE(journal_.reconcile_ledger(0).ok());
}

void World::check() {
  settle_as_a_last_run();
  const auto entry = journal_.find(key_);
  ASSERT_TRUE(entry.ok());
  std::set<std::string> known;
  if (*entry) {
    known.insert((*entry)->client_request_id);
    for (const GivenUp& one : (*entry)->given_up) known.insert(one.client_request_id);
  }
  unsigned expected = 0;
  unsigned rights = 1 + static_cast<unsigned>(resubmitted_.size());
  unsigned kept_posts = 0;
  for (const auto& [id, post] : posts_) {
    // A process that was killed while it recorded a refusal leaves it recorded, or an unknown
    // outcome.
    if (post.answer == Posted::Answer::refused && !known.contains(id)) continue;
    EXPECT_FALSE(post.told_refused) << "a refused attempt stayed";
    ++kept_posts;
    const bool failed =
        *entry && (*entry)->client_request_id == id && (*entry)->state == EntryState::error;
    if (post.forgotten) continue;
    EXPECT_TRUE(known.contains(id)) << "a purchase disappeared";
    if (!failed) expected += kSeconds;
  }
  if (!was_forgotten_) {
    EXPECT_LE(kept_posts, rights) << "submitted more often than allowed";
    const auto lines = journal_.ledger().read_since(0);
    ASSERT_TRUE(lines.ok());
    unsigned spent = spending_of(*lines, kNow).seconds;
    // A failed generation that was given up afterwards was rolled back before.
    for (const auto& one : *entry ? (*entry)->given_up : std::vector<GivenUp>()) {
      if (one.seconds == 0 && posts_.contains(one.client_request_id)) expected -= kSeconds;
    }
    // Killed between the write that starts the sending and the POST: it may have been sent.
    if (*entry && (*entry)->state == EntryState::intent &&
        !posts_.contains((*entry)->client_request_id)) {
      EXPECT_EQ((*entry)->sending, Sending::started);
      expected += kSeconds;
    }
    for (const auto& one : *entry ? (*entry)->given_up : std::vector<GivenUp>()) {
      if (one.seconds > 0 && !posts_.contains(one.client_request_id)) expected += kSeconds;
    }
    EXPECT_EQ(spent, expected) << "spent is not what was sent";
  }
  for (const auto& [generation_id, seen] : completed_) {
    if (was_forgotten_ || !*entry || (*entry)->generation_id != generation_id) continue;
    EXPECT_EQ((*entry)->state, EntryState::completed);
  }
}

std::string World::text() const {
  std::string text;
  for (const auto& [id, post] : posts_) {
    text += "POST " + id.substr(id.size() - 16) + " answer " +
            std::to_string(static_cast<int>(post.answer)) +
            (post.told_refused ? ", told refused" : "") + (post.forgotten ? ", forgotten" : "") +
            '\n';
  }
  const auto names = store_->list("");
  for (const std::string& name : *names) {
    if (name.ends_with(".json")) text += name + ": " + **store_->read_file(name, 100000);
  }
  const auto lines = journal_.ledger().read_since(0);
  for (const LedgerLine& line : *lines) text += to_text(line);
  return text;
}

std::uint64_t number_in(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(StateTable, LosesNoPurchaseInAnyInterleaving) {
  const std::uint64_t only = number_in("KLINGTEXT_SEED", 0);
  const std::uint64_t rounds = std::getenv("KLINGTEXT_LONG") != nullptr ? 1000000 : 100000;
  for (std::uint64_t seed = only > 0 ? only : 1; seed <= (only > 0 ? only : rounds); ++seed) {
    World world(seed);
    world.live();
    world.check();
    ASSERT_FALSE(testing::Test::HasFailure()) << "KLINGTEXT_SEED=" << seed << '\n' << world.text();
  }
}

TEST(StateTable, AllowsTheChangesOfTheTableOnly) {
  using State = EntryState;
  const std::set<std::pair<State, State>> allowed{
      {State::intent, State::accepted}, {State::intent, State::unknown},
      {State::intent, State::error},    {State::unknown, State::accepted},
      {State::unknown, State::error},   {State::accepted, State::completed},
      {State::accepted, State::error}};
  constexpr State kAll[] = {State::intent, State::unknown, State::accepted, State::completed,
                            State::error};
  for (const State before : kAll) {
    for (const State after : kAll) {
      const bool expected = before == after || allowed.contains({before, after});
      EXPECT_EQ(may_follow(before, after), expected) << name_of(before) << " to " << name_of(after);
    }
  }
}

}  // namespace
}  // namespace klingtext
