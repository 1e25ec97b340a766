// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/job_registry.h"

#include <map>
#include <mutex>

#include "base/text.h"

namespace klingtext {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Job>> running;
};

// Immortal: jobs outlive main when a submission is in flight.
Registry& registry() {
  static auto& instance = *new Registry;
  return instance;
}

// What a job that only knows an id is filed under.
std::string generation_key(const JobSpec& spec) {
  return sha256_hex("klingtext-generation-1\n" + spec.service_name + '\n' + spec.generation_id +
                    '\n');
}

std::string key_of(const JobSpec& spec) {
  return spec.asked == JobSpec::Asked::generation_only
             ? generation_key(spec)
             : request_key(spec.request, spec.service_name);
}

std::string name_of(const JobSpec& spec, const std::string& key) {
  return spec.store_path + '\n' + key + '\n' + spec.generation_id + '\n' + spec.resubmit;
}

// With the registry locked.
void remove(const std::string& name, const Job& job) {
  const auto found = registry().running.find(name);
  if (found != registry().running.end() && found->second.get() == &job) {
    registry().running.erase(found);
  }
}

// A job that ended without users was kept by its download.
void on_ended(const std::string& name, Job& job) {
  const std::scoped_lock lock(registry().mutex);
  if (!job.has_users()) remove(name, job);
}

}  // namespace

std::shared_ptr<JobHandle> attach_job(JobSpec spec) {
  const std::string key = key_of(spec);
  const std::string name = name_of(spec, key);
  const std::scoped_lock lock(registry().mutex);
  std::shared_ptr<Job>& running = registry().running[name];
  if (running == nullptr || !running->add_user(spec.generation_timeout)) {
    const Seconds patience = spec.generation_timeout;
    running = std::make_shared<Job>(std::move(spec), key);
    running->add_user(patience);
    running->start([name, job = running.get()] { on_ended(name, *job); });
  }
  return std::make_shared<JobHandle>(running);
}

JobHandle::~JobHandle() {
  const std::scoped_lock lock(registry().mutex);
  if (job_->remove_user()) remove(name_of(job_->spec(), job_->request_key()), *job_);
}

}  // namespace klingtext
