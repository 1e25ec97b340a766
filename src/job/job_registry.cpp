// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/job_registry.h"

#include <unistd.h>

#include <map>
#include <mutex>
#include <utility>

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

// A forked child has none of its parent's threads, and therefore none of its jobs.
std::string name_of(const JobSpec& spec, const std::string& key) {
  return std::to_string(getpid()) + '\n' + spec.store_path + '\n' + key + '\n' +
         spec.generation_id + '\n' + spec.resubmit;
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
  const Seconds patience = spec.generation_timeout;
  std::shared_ptr<Job> replaced;  // destroyed with no lock held
  std::shared_ptr<Job> job;
  {
    const std::scoped_lock lock(registry().mutex);
    std::shared_ptr<Job>& running = registry().running[name];
    if (running != nullptr && running->add_user(patience)) {
      return std::make_shared<JobHandle>(running);
    }
    job = std::make_shared<Job>(std::move(spec), key);
    job->add_user(patience);
    replaced = std::exchange(running, job);
  }
  job->start([name, started = job.get()] { on_ended(name, *started); });
  return std::make_shared<JobHandle>(std::move(job));
}

JobHandle::~JobHandle() {
  const std::string name = name_of(job_->spec(), job_->request_key());
  Job::Left left = Job::Left::in_use;
  {
    const std::scoped_lock lock(registry().mutex);
    left = job_->remove_user();
    if (left != Job::Left::in_use) remove(name, *job_);
  }
  if (left == Job::Left::stopping) job_->stop();
}

}  // namespace klingtext
