// SPDX-License-Identifier: LGPL-2.1-or-later
// What a program may add to the service. The plugin's rehearsal has none.
#pragma once

#include <functional>
#include <string>

#include "rehearsal/exchange.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {

// A request that the service itself answers, as far as it is understood yet.
struct Call {
  enum class Kind { submit, poll, clip, log, other };
  Kind kind = Kind::other;
  std::string generation;                  // of a poll; of a submission once it is accepted
  std::string clip;                        // the clip's name, of a request for one
  bool completed = false;                  // of a poll: what the service says
  const Submission* submission = nullptr;  // of a submission, the caller's
  std::string fault;                       // names what the annex did to the answer
  bool answered = true;                    // false: no HTTP answer was given
};

// Called on the service's thread, by the front that owns it.
class Annex {
 public:
  Annex() = default;
  virtual ~Annex() = default;
  Annex(const Annex&) = delete;
  Annex& operator=(const Annex&) = delete;

  // A path of its own: answers and says true.
  virtual bool serve(const Exchange& exchange) = 0;
  // Whether this request comes from its own page and needs no key.
  virtual bool vouches_for(const Exchange& exchange) const = 0;
  // Calls `answer`, which sets the service's reply to an authorized, valid request; or does not,
  // or changes what it said.
  virtual void around(const Exchange& exchange, Call& call,
                      const std::function<void()>& answer) = 0;
  // Every request but those to its own paths, once its answer is known.
  virtual void note(const Exchange& exchange, const Call& call) = 0;
};

}  // namespace klingtext::rehearsal
