// SPDX-License-Identifier: LGPL-2.1-or-later
// A service that speaks the documented API and renders a slate where the real one would generate a
// film. It costs nothing, needs no network, and shares no request, JSON or HTTP code with the
// client, so that one mistake cannot hide on both sides.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace klingtext {

namespace rehearsal {
class Annex;
class Desk;
class WebFront;
}  // namespace rehearsal

class RehearsalService {
 public:
  struct Options {
    std::string address = "127.0.0.1";  // an IP address, or localhost
    unsigned port = 0;                  // 0 picks one
    std::string api_key;                // empty: any bearer that is not empty is accepted
    // How much of the documented 152 s a generation takes, about: 0.02 is 3 s, 0 none at all.
    double pace = 0.02;
    // Generations and clips live here and outlive the process; several processes may share it.
    // Empty: a private temporary directory, removed at the end.
    std::string state_dir;
    // MP4s here are answered with, in place of slates.
    std::string clips_dir;
    // How long the link to a clip works, from the answer that has it; 0: for ever.
    std::chrono::seconds link_life{0};
    // How many generations it works on at once, as far as the client can see; 0: all.
    unsigned workers = 0;
    // How long after a submission its row appears in the account's log.
    std::chrono::seconds log_lag{0};
    // Where clips are found instead of at the API's port; 0 picks one.
    std::optional<unsigned> clip_port;
    // What the program adds; called once, on the service's thread.
    std::function<std::unique_ptr<rehearsal::Annex>(rehearsal::Desk&, rehearsal::WebFront&)> annex;
  };

  // From any thread; gst_init() was called. The service listens when this returns, on threads and
  // a main context of its own.
  static Result<std::shared_ptr<RehearsalService>> start(Options options);

  // Stops listening, gives up rendering and joins its threads. From any thread but its own.
  ~RehearsalService();
  RehearsalService(const RehearsalService&) = delete;
  RehearsalService& operator=(const RehearsalService&) = delete;

  const std::string& base_url() const { return base_url_; }  // http://127.0.0.1:PORT/v2

 private:
  class Thread;
  RehearsalService(std::unique_ptr<Thread> thread, std::string base_url);

  std::unique_ptr<Thread> thread_;
  std::string base_url_;
};

}  // namespace klingtext
