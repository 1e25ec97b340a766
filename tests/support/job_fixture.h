// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "job/job_registry.h"
#include "store/journal.h"
#include "support/fake_mp4.h"
#include "support/service_fixture.h"
#include "support/store_fixture.h"

namespace klingtext::test {

// Jobs against a scripted service and a store of their own, polled without delay.
class JobFixture : public testing::Test {
 protected:
  // What a reader of the whole clip got: bytes, and perhaps the error they ended with.
  struct Received {
    std::string bytes;
    std::optional<Error> error;
  };

  JobSpec spec() const {
    JobSpec spec;
    spec.request.prompt = "A cheerful white raccoon";
    spec.service_name = service_.base_url();
    spec.connect = [url = service_.base_url(), key = key_,
                    timeout = timeout_](const auto&) -> Result<Service> {
      Service service = service_at(url, timeout);
      service.key = Secret(key);
      return service;
    };
    spec.store_path = store_path();
    spec.poll_interval = Seconds(0.01);
    spec.refusal_span = Seconds(0.02);
    return spec;
  }
  std::string store_path() const { return dir_.file("store"); }
  static std::string key_of(const JobSpec& spec) {
    return request_key(spec.request, spec.service_name);
  }

  std::optional<Entry> entry(const std::string& key) const {
    auto store = StoreDir::open(store_path());
    if (!store.ok()) return std::nullopt;
    auto found = Journal(*store).find(key);
    return found.ok() ? *found : std::nullopt;
  }
  std::optional<Entry> entry() const { return entry(key_of(spec())); }
  std::string clip_file() const { return store_path() + '/' + clip_name(key_of(spec())); }
  // Whether the clip is whole, recorded and named.
  bool is_kept() const {
    const auto known = entry();
    return known && known->clip && std::filesystem::exists(clip_file());
  }
  void await_kept() const {
    EXPECT_TRUE(service_.wait_for([&] { return is_kept(); }));
  }

  static Received read_all(JobHandle& job, std::uint64_t from = 0, std::uint64_t most = ~0ULL) {
    Received received;
    std::string piece(16 << 10, '\0');
    while (received.bytes.size() < most) {
      const auto got = job->clip().read_at(from + received.bytes.size(), piece, Clip::Amount::any,
                                           [] { return false; });
      if (got.failed()) received.error = got.error();
      if (!got.ok() || *got == 0) break;
      received.bytes.append(piece, 0, *got);
    }
    return received;
  }
  // One user who reads everything and leaves.
  static Received run(JobSpec spec) {
    auto job = attach_job(std::move(spec));
    Received received = read_all(*job);
    // Until its thread has ended, so that the next run is another job.
    const std::weak_ptr<Job> left = job->watch();
    job.reset();
    if (const auto ending = left.lock()) ending->wait_until_left(ScriptedService::kPatience);
    return received;
  }
  Received run() const { return run(spec()); }
  Error error_of(JobSpec spec) const {
    Received received = run(std::move(spec));
    EXPECT_TRUE(received.error) << "no error";
    return received.error.value_or(Error{});
  }
  Error error_of_run() const { return error_of(spec()); }

  void set_clip(std::string bytes) {
    clip_ = std::move(bytes);
    service_.set_clip(clip_);
  }
  void expect_whole(const Received& received) const {
    EXPECT_FALSE(received.error) << received.error->message;
    EXPECT_EQ(received.bytes.size(), clip_.size());
    EXPECT_TRUE(received.bytes == clip_) << "not the clip's bytes";
  }

  ScriptedService service_;
  TempDir dir_;
  std::string key_ = kSecretKey;
  unsigned timeout_ = 30;
  std::string clip_ = fake_mp4();
};

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace klingtext::test
