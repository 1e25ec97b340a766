// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's two verbs, and what each answer means for money: accepted, refused, try again, or
// unknown. A caller never has to look at a status code to decide.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "api/poller.h"
#include "api/retry_policy.h"
#include "api/service_url.h"
#include "api/submission_slots.h"
#include "api/wire.h"
#include "base/secret.h"

namespace klingtext {

struct Service {
  ServiceUrl url;
  Secret key;
  HttpSettings http;
  std::shared_ptr<void> owner;  // keeps an in-process service running; null otherwise
  std::string slate;            // X-Klingtext-Slate for an in-process rehearsal; else empty
};

struct Submission {
  enum class Verdict {
    accepted,   // it has an id
    refused,    // the service did not take it and will not
    try_again,  // it was not delivered, or the service asks to come back
    unknown,    // it may have been taken, and may be billed
  };
  Verdict verdict = Verdict::unknown;
  GenerationReply reply;               // when accepted
  Error error;                         // otherwise
  std::optional<Seconds> retry_after;  // if the service said
  // When unknown: the id of the generation that the head of the answer names; empty: none.
  std::string inference_id{};
};

struct Poll {
  enum class Verdict { answered, try_again, refused };
  Verdict verdict = Verdict::try_again;
  GenerationReply reply;
  Error error;
  std::optional<Seconds> retry_after;
};

class ApiClient {
 public:
  // Clients of one origin and key share their connections and submission slots.
  explicit ApiClient(Service service);

  // Waits for a free submission slot. Nothing when the deadline came first.
  using Deadline = std::chrono::steady_clock::time_point;
  Result<std::optional<SubmissionSlots::Slot>> wait_for_slot(Deadline deadline,
                                                             const std::stop_token& stop);

  // One attempt, on the calling thread. `before_sending` is called when the connection is there and
  // gives the client request id, or nothing to withdraw. Until then a stop or the deadline ends the
  // attempt at once; from then on only the answer or its time limit does. Stopped: nothing was
  // sent.
  using BeforeSending = std::function<std::optional<std::string>()>;
  Result<Submission> submit(const std::string& body, const BeforeSending& before_sending,
                            Deadline deadline, const std::stop_token& stop);

  // Asks for the generation's state again and again. `judge` is called on another thread with each
  // answer, where it may not block; it returns when to ask next, or nothing to end. Stopped comes
  // once, as the last answer. An error: no thread can be started, and `judge` is not called.
  using Judge = std::function<std::optional<Poller::Clock::time_point>(const Result<Poll>&)>;
  // See Poller for `give_up`.
  Outcome follow(const std::string& generation_id, Poller::Clock::time_point first,
                 Poller::GiveUp give_up, const std::stop_token& stop, Judge judge);
  // Asks once, and waits for the answer until then at most: an answer that is late says to try
  // again.
  Result<Poll> query(const std::string& generation_id, const std::stop_token& stop,
                     std::optional<Deadline> until = std::nullopt);
  // GET of a path below base-url on the calling thread, in this time from connecting to the end of
  // the answer.
  HttpResult get(const std::string& path, Seconds within, const std::stop_token& stop) const;

  const Service& service() const { return service_; }

 private:
  HttpRequest request(std::string method, std::string url) const;

  struct Shared;
  static std::shared_ptr<Shared> shared(const Service& service);

  Service service_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace klingtext
