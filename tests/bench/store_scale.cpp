// SPDX-License-Identifier: LGPL-2.1-or-later
// How the store's work grows with what is in it: bench_store_scale FOLDER ENTRIES ROUNDS. Fills a
// store with finished generations, each of a small clip, and prints microseconds, medians.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "api/request.h"
#include "base/text.h"
#include "base/unix_time.h"
#include "store/clip_file.h"
#include "store/journal.h"
#include "store/purchase.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kClip = 4096;  // bytes

std::string key_of(unsigned long number) {
  return sha256_hex("entry " + std::to_string(number));
}

// Like a journal's entry after its film came; without the fsyncs, which would take hours.
void write_raw(const StoreDir& store, const std::string& name, const std::string& bytes) {
  const UniqueFd file(openat(store.fd(), name.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  if (write_fully(file.get(), bytes, 0) != 0) std::perror(name.c_str());
}

void fill(const StoreDir& store, unsigned long entries) {
  const std::string clip(kClip, 'c');
  for (unsigned long number = 0; number < entries; ++number) {
    Entry entry;
    entry.key = key_of(number);
    entry.service = "https://api.example.com/v2";
    entry.request =
        R"({"model":"m","prompt":"A raccoon, number )" + std::to_string(number) + R"("})";
    entry.seconds = 5;
    entry.state = EntryState::completed;
    entry.client_request_id = "id-" + std::to_string(number);
    entry.generation_id = "generation-" + std::to_string(number);
    entry.submitted = 1700000000 + static_cast<std::int64_t>(number);
    entry.completed = entry.submitted + 150;
    entry.clip = StoredClip{kClip, "xxh128:0", 0};
    write_raw(store, entry.key + ".json", to_json(entry));
    write_raw(store, clip_name(entry.key), clip);
  }
}

double median_us(int rounds, const std::function<void(int)>& work) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto begun = Clock::now();
    work(round);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

int run(const std::string& folder, unsigned long entries, int rounds) {
  const auto store = StoreDir::open(folder);
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  fill(**store, entries);
  const Journal journal(*store);
  const double attach = median_us(rounds, [&](int round) {
    const auto found = journal.find(key_of(static_cast<unsigned long>(round) % entries));
    if (!found.ok() || !*found) std::abort();
  });
  const double miss = median_us(rounds, [&](int round) {
    const auto found = journal.find(key_of(entries + static_cast<unsigned long>(round)));
    if (!found.ok() || *found) std::abort();
  });
  const auto wanted = [&](int round) {
    Entry intent;
    intent.key = key_of(entries + static_cast<unsigned long>(round));
    intent.service = "https://api.example.com/v2";
    intent.request = R"({"prompt":"raccoon"})";
    intent.seconds = 5;
    intent.submitted = unix_now();
    intent.client_request_id = "klingtext:" + intent.key + ":0123456789abcdef";
    return Purchase(journal, intent, std::nullopt, 1000000);
  };
  if (!journal.complete_ledger().ok()) std::abort();
  const double cap = median_us(rounds, [&](int round) {
    if (!wanted(round).check_cap().ok()) std::abort();
  });
  const int some = std::min(rounds, 50);
  const double purchase = median_us(some, [&](int round) {
    Purchase one = wanted(round);
    if (!one.reserve().ok() || !one.withdraw().ok()) std::abort();
  });
  const int few = std::min(rounds, 5);
  const double list = median_us(few, [&](int) {
    const auto contents = journal.read_all();
    if (!contents.ok() || contents->entries.size() != entries) std::abort();
  });
  // Each time one clip more than fits.
  const double evict = median_us(few, [&](int round) {
    (void)evict_clips(**store, journal, (entries - 1 - static_cast<unsigned long>(round)) * kClip,
                      "");
  });
  std::printf("%lu\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f\n", entries, attach, miss, cap, purchase,
              list, evict);
  return 0;
}

}  // namespace
}  // namespace klingtext

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return klingtext::run(argv[1], std::strtoul(argv[2], nullptr, 10), std::atoi(argv[3]));
}
