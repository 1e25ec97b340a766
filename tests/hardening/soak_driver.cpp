// SPDX-License-Identifier: LGPL-2.1-or-later
// Many generations in one process: attaches, changes its mind, attaches again, gives up by name
// what nobody knows, until every film is whole. Prints a line of JSON about itself now and then.
// usage: soak-driver STORE URL FIRST-TAKE COUNT PARALLEL SEED CLIP
#include <dirent.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

#include "job/job_registry.h"

namespace klingtext::test {
namespace {

constexpr unsigned kTries = 60;  // per film: faults are random, so that many in a row mean a bug

struct Figures {
  std::atomic<unsigned> films = 0;
  std::atomic<unsigned> cancels = 0;
  std::atomic<unsigned> errors = 0;
  std::atomic<unsigned> given_up = 0;
  std::atomic<unsigned> lost = 0;
};

unsigned descriptors() {
  unsigned count = 0;
  const GlibPtr<DIR, closedir> folder(opendir("/proc/self/fd"));
  while (readdir(folder.get()) != nullptr) ++count;
  return count;
}

unsigned long resident_kilobytes() {
  std::ifstream file("/proc/self/statm");
  unsigned long whole = 0;
  unsigned long resident = 0;
  file >> whole >> resident;
  return resident * 4;
}

void print(const Figures& figures) {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  std::cout << "{\"films\":" << figures.films << ",\"cancels\":" << figures.cancels
            << ",\"errors\":" << figures.errors << ",\"given_up\":" << figures.given_up
            << ",\"lost\":" << figures.lost << ",\"descriptors\":" << descriptors()
            << ",\"kilobytes\":" << resident_kilobytes() << "}" << std::endl;
}

class Soak {
 public:
  Soak(char** argv)
      : store_(argv[0]),
        url_(*parse_service_url(argv[1])),
        next_(static_cast<unsigned>(std::stoul(argv[2]))),
        end_(next_ + static_cast<unsigned>(std::stoul(argv[3]))),
        seed_(std::stoul(argv[5])) {
    std::ifstream file(argv[6], std::ios::binary);
    clip_.assign(std::istreambuf_iterator<char>(file), {});
  }

  void run() {
    for (unsigned take = next_++; take < end_; take = next_++) {
      std::mt19937 chance(static_cast<std::mt19937::result_type>(seed_ * 1000003 + take));
      if (!make(take, chance)) ++figures_.lost;
      if (++figures_.films % 100 == 0) print(figures_);
    }
  }
  const Figures& figures() const { return figures_; }

 private:
  JobSpec spec_of(unsigned take, const std::string& resubmit) const {
    JobSpec spec;
    spec.request.prompt = "soak";
    spec.request.take = take;
    spec.resubmit = resubmit;
    spec.service_name = url_.text;
    spec.connect = [url = url_](const auto&) -> Result<Service> {
      return Service{url, Secret("a-key"), HttpSettings{"soak", 30, "", {}}, nullptr};
    };
    spec.store_path = store_;
    spec.poll_interval = Seconds(0.01);
    return spec;
  }

  // True when the film is whole.
  bool make(unsigned take, std::mt19937& chance) {
    std::string resubmit;
    std::string errors;
    for (unsigned tries = 0; tries < kTries; ++tries) {
      const auto handle = attach_job(spec_of(take, resubmit));
      // A reader who leaves after so many bytes, every fourth time.
      const std::size_t enough = chance() % 4 == 0 ? chance() % clip_.size() : clip_.size() + 1;
      std::string bytes;
      std::string piece(16 << 10, '\0');
      while (bytes.size() < enough) {
        const auto got =
            (*handle)->clip().read_at(bytes.size(), piece, Clip::Amount::any, [] { return false; });
        if (got.failed()) {
          ++figures_.errors;
          const Error& error = got.error();
          errors += error.message + '\n';
          const bool unknown = error.message.starts_with("Whether the service accepted");
          if (unknown && resubmit != error.client_request_id) ++figures_.given_up;
          if (unknown) resubmit = error.client_request_id;
          break;
        }
        if (!got.ok() || *got == 0) {
          if (bytes == clip_) {
            // In the store as well: the end of the process waits for 3 s only.
            (void)(*handle)->clip().wait_until_settled([] { return false; });
            return true;
          }
          std::cerr << "take " << take << ": " << difference(bytes) << '\n';
          return false;
        }
        bytes.append(piece, 0, *got);
      }
      if (bytes.size() >= enough) ++figures_.cancels;
    }
    std::cerr << "take " << take << " is not whole after " << kTries << " tries:\n" << errors;
    return false;
  }

  std::string difference(const std::string& bytes) const {
    std::string text = std::to_string(bytes.size()) + " bytes of " + std::to_string(clip_.size());
    const auto differs = [&](std::size_t at) {
      return at < bytes.size() && bytes[at] != clip_[at];
    };
    for (std::size_t at = 0; at < clip_.size(); ++at) {
      if (!differs(at)) continue;
      std::size_t end = at;
      while (differs(end)) ++end;
      return text + "; they differ from " + std::to_string(at) + " to " + std::to_string(end) +
             ", there is " + std::to_string(static_cast<int>(bytes[at]));
    }
    return text;
  }

  const std::string store_;
  const ServiceUrl url_;
  std::atomic<unsigned> next_;
  const unsigned end_;
  const unsigned long seed_;
  std::string clip_;
  Figures figures_;
};

}  // namespace
}  // namespace klingtext::test

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  klingtext::test::Soak soak(argv + 1);
  {
    std::vector<std::jthread> users;
    for (unsigned i = 0; i < std::stoul(argv[5]); ++i) users.emplace_back([&] { soak.run(); });
  }
  print(soak.figures());
  return soak.figures().lost == 0 ? 0 : 1;
}
