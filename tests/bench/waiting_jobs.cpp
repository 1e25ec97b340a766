// SPDX-License-Identifier: LGPL-2.1-or-later
// Generations that one program without GStreamer waits for, as klingtext-storyboard does:
// bench_waiting_jobs BASE-URL STORE COUNT INTERVAL-MS [MORE]. Waits until it is killed. With MORE
// it submits so many more, with the prompt "slow", once a line comes on standard input.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "job/job_registry.h"

namespace klingtext {
namespace {

JobSpec spec_of(const ServiceUrl& url, const std::string& store, const std::string& prompt,
                unsigned take) {
  JobSpec spec;
  spec.request.prompt = prompt;
  spec.request.take = take;
  spec.service_name = url.text;
  spec.store_path = store;
  spec.connect = [url](const JobSpec::Warn&) -> Result<Service> {
    Service service;
    service.url = url;
    service.key = Secret("bench-key-of-no-account");
    return service;
  };
  return spec;
}

int run(char** words, unsigned more) {
  const auto url = parse_service_url(words[1]);
  if (!url.ok()) return 2;
  const auto count = static_cast<unsigned>(std::strtoul(words[3], nullptr, 10));
  std::vector<std::shared_ptr<JobHandle>> jobs;
  for (unsigned take = 1; take <= count; ++take) {
    JobSpec spec = spec_of(*url, words[2], "raccoon", take);
    spec.poll_interval = std::chrono::milliseconds(std::strtoul(words[4], nullptr, 10));
    jobs.push_back(attach_job(std::move(spec)));
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    for (unsigned take = 1; take <= more; ++take) {
      jobs.push_back(attach_job(spec_of(*url, words[2], "slow", take)));
    }
  }
  return 0;
}

}  // namespace
}  // namespace klingtext

int main(int argc, char** argv) {
  if (argc < 5 || argc > 6) return 2;
  return klingtext::run(argv, argc == 6 ? static_cast<unsigned>(std::atoi(argv[5])) : 0);
}
