// SPDX-License-Identifier: LGPL-2.1-or-later
// A stand-in for the paid service that does exactly what a test says, down to the last byte and
// RST. Plain sockets and no code of the client's, so that no mistake can hide on both sides.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "support/answer.h"
#include "support/delivery.h"
#include "support/gate.h"
#include "support/listener.h"
#include "support/received_request.h"
#include "support/reply.h"

namespace klingtext::test {

enum class ClipOrigin { same, second };

// What the service does when no answer is queued.
struct Script {
  // The n-th poll of a generation answers the n-th of these; the last one repeats.
  std::vector<std::string> statuses = {"queued", "generating", "completed"};  // not empty
  std::string error_name = "GenerationFailed";  // told with the status `error`
  std::string error_message = "The scripted generation failed";
  std::optional<double> credits_used = 1400000;  // told with the status `completed`
  std::vector<std::string> ids;                  // for the next submissions; else documented-like
  std::string api_key;                           // empty: any, even none; else 401 for others
  ClipOrigin clip_origin = ClipOrigin::same;
};

struct Counts {
  unsigned submissions = 0;    // POSTs whose complete body was received
  unsigned accepted = 0;       // of these, answered 2xx or lost after they were accepted
  unsigned polls = 0;          // also those whose answer was scripted
  unsigned clip_requests = 0;  // GET and HEAD
  unsigned connections = 0;    // ever
  unsigned open = 0;           // connections open now
  std::uint64_t clip_bytes = 0;
};

std::string to_json(const Counts& counts);

class ScriptedService {
 public:
  // Generous: nothing waits that long but a broken test.
  static constexpr std::chrono::seconds kPatience{30};

  // Listens on 127.0.0.1 at once.
  explicit ScriptedService(Script script = {}, std::uint16_t port = 0);
  ~ScriptedService();
  ScriptedService(const ScriptedService&) = delete;
  ScriptedService& operator=(const ScriptedService&) = delete;

  std::string base_url() const;       // http://127.0.0.1:PORT/v2
  std::string clip_url() const;       // a good one; each call signs another query
  std::string second_origin() const;  // http://127.0.0.1:OTHER
  std::uint16_t port() const { return port_; }

  // --- Script. All of it may change at any time.
  void set_script(Script script);
  void set_statuses(std::vector<std::string> statuses);
  void set_clip(std::string bytes);               // with a new ETag
  void add_generation(const std::string& id);     // as if submitted earlier; polls start anew
  void forget_generation(const std::string& id);  // polls get 404
  // Answers for the next requests of a kind, in order, behind those already queued.
  void on_submit(std::vector<Answer> answers);
  void on_poll(std::vector<Answer> answers);
  void on_clip(std::vector<Answer> answers);
  // For every request of the kind while the queue is empty, instead of the default.
  void always_on_submit(std::optional<Answer> answer);
  void always_on_poll(std::optional<Answer> answer);
  void always_on_clip(std::optional<Answer> answer);

  // Opens the gate of all that hold(): now and from now on, until hold_again().
  void release() { gate_.open(); }
  void hold_again() { gate_.close(); }

  void go_down();    // connections are cut, new ones refused
  void come_back();  // on the same port

  // --- What happened
  Counts counts() const;
  unsigned submissions() const { return counts().submissions; }
  unsigned accepted() const { return counts().accepted; }
  unsigned polls() const { return counts().polls; }
  unsigned clip_requests() const { return counts().clip_requests; }
  unsigned connections() const { return counts().connections; }
  unsigned open_connections() const { return counts().open; }
  std::vector<ReceivedRequest> requests() const;           // all of them, in order
  std::vector<ReceivedRequest> submission_list() const;    // POST
  std::vector<ReceivedRequest> clip_request_list() const;  // GET and HEAD of clips
  std::vector<std::string> generation_ids() const;         // in the order accepted

  // Waits until something that happened here makes the predicate true, which may call anything
  // above. False when patience ran out.
  bool wait_for(const std::function<bool()>& predicate,
                std::chrono::milliseconds patience = kPatience) const;

 private:
  struct Queue {
    std::deque<Answer> next;
    std::optional<Answer> always;
    Answer take();
  };
  struct State {
    Script script;
    ServedClip clip;
    unsigned clip_version = 0;
    unsigned signatures = 0;
    Queue submit_answers;
    Queue poll_answers;
    Queue clip_answers;
    std::map<std::string, unsigned> polls_of;  // per known generation
    std::vector<std::string> ids;
    std::vector<std::string> accepted_requests;  // their client request ids
    struct Posts {
      unsigned refused = 0;
      unsigned others = 0;
    };
    std::map<std::string, Posts> posts;  // submissions by their body
    Counts counts;
    std::vector<ReceivedRequest> requests;
    std::uint64_t version = 0;
  };
  enum class Kind { submission, poll, clip, counts, accepted_list, post_list, release, unknown };

  std::string accepted_list() const;                     // JSON
  std::string post_list(const std::string& text) const;  // JSON
  void change(const std::function<void(State&)>& edit) const;
  void listen_again();
  void serve(const std::stop_token& stop, SocketStream& stream, std::uint16_t port);
  Connection answer_one(const std::stop_token& stop, SocketStream& stream, ReceivedRequest request);
  static Kind kind_of(const ReceivedRequest& request);
  Answer next_answer(Kind kind);
  Reply reply_to(Kind kind, const ReceivedRequest& request, const Answer::Plan& plan);
  Reply submission_reply(State& state, const ReceivedRequest& request, const Answer::Plan& plan);
  Reply poll_reply(State& state, const ReceivedRequest& request, const Answer::Plan& plan);
  Reply generation_reply(const State& state, const std::string& id, const std::string& status,
                         const Answer::Plan& plan);
  Reply fixed_reply(const Answer::Plan& plan, const std::string& id) const;
  static std::optional<Reply> unauthorized(const State& state, const ReceivedRequest& request);

  mutable Guarded<State> state_;
  Gate gate_;
  // Known once a listener runs, and connections ask for them.
  std::atomic<std::uint16_t> port_ = 0;
  std::atomic<std::uint16_t> second_port_ = 0;
  std::unique_ptr<Listener> api_;
  std::unique_ptr<Listener> second_;
};

}  // namespace klingtext::test
