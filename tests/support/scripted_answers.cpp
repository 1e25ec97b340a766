// SPDX-License-Identifier: LGPL-2.1-or-later
// The half of ScriptedService that faces the wire.
#include <glib.h>

#include <algorithm>

#include "base/glib_ptr.h"
#include "support/api_body.h"
#include "support/scripted_service.h"

namespace klingtext::test {
namespace {

constexpr const char* kEndpoint = "/v2/video/generations";

std::string documented_id() {
  GCharPtr uuid(g_uuid_string_random());
  return std::string(uuid.get()) + ":klingai/video-v2-6-pro-text-to-video";
}

Reply json_reply(unsigned code, std::string body) {
  Reply reply;
  reply.code = code;
  reply.body = std::move(body);
  reply.set_header("Content-Type",
                   code < 300 ? "application/json; charset=utf-8" : "application/problem+json");
  return reply;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

Answer ScriptedService::Queue::take() {
  if (next.empty()) return always.value_or(Answer::normal());
  Answer answer = std::move(next.front());
  next.pop_front();
  return answer;
}

ScriptedService::Kind ScriptedService::kind_of(const ReceivedRequest& request) {
  const std::string path = request.path();
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (path == kEndpoint && request.method == "POST") return Kind::submission;
  if (path == kEndpoint && request.method == "GET") return Kind::poll;
  if (path.starts_with("/clips/") && reads) return Kind::clip;
  if (path == "/counts") return Kind::counts;
  if (path == "/accepted") return Kind::accepted_list;
  if (path == "/posts") return Kind::post_list;
  if (path == "/release" && request.method == "POST") return Kind::release;
  return Kind::unknown;
}

void ScriptedService::serve(const std::stop_token& stop, SocketStream& stream, std::uint16_t port) {
  change([](State& state) {
    ++state.counts.connections;
    ++state.counts.open;
  });
  while (!stop.stop_requested()) {
    auto request = stream.read_head();
    if (!request) break;
    request->port = port;
    if (answer_one(stop, stream, *std::move(request)) == Connection::spent) break;
  }
  change([](State& state) { --state.counts.open; });
}

Answer ScriptedService::next_answer(Kind kind) {
  auto state = state_.lock();
  if (kind == Kind::submission) return state->submit_answers.take();
  if (kind == Kind::poll) return state->poll_answers.take();
  if (kind == Kind::clip) return state->clip_answers.take();
  return Answer::normal();
}

Connection ScriptedService::answer_one(const std::stop_token& stop, SocketStream& stream,
                                       ReceivedRequest request) {
  const Kind kind = kind_of(request);
  const Answer answer = next_answer(kind);
  const Answer::Plan& plan = answer.plan();
  if (plan.instead == Answer::Instead::close_unread) {
    stream.finish();
    return Connection::spent;
  }
  if (plan.instead == Answer::Instead::reset_unread) {
    stream.reset_at_close();
    return Connection::spent;
  }
  if (!stream.read_body(request)) return Connection::spent;
  const Reply reply = reply_to(kind, request, plan);
  Delivery delivery(stream, stop, plan, gate_, [&](std::uint64_t bytes) {
    if (kind == Kind::clip) change([&](State& state) { state.counts.clip_bytes += bytes; });
  });
  const auto connection =
      delivery.send(reply, request.method == "HEAD" ? HeadOnly::yes : HeadOnly::no);
  return request.header("Connection") == "close" ? Connection::spent : connection;
}

// Counts, too: in one step with the change of state, so that a test that sees the count finds the
// generation as well.
Reply ScriptedService::reply_to(Kind kind, const ReceivedRequest& request,
                                const Answer::Plan& plan) {
  if (kind == Kind::counts) return json_reply(200, to_json(counts()));
  if (kind == Kind::accepted_list) return json_reply(200, accepted_list());
  if (kind == Kind::post_list) {
    return json_reply(200, post_list(request.query("text").value_or("")));
  }
  Reply reply = json_reply(404, problem_body(404));
  const bool fixed = plan.says == Answer::Says::fixed;
  change([&](State& state) {
    state.requests.push_back(request);
    if (kind == Kind::submission) {
      ++state.counts.submissions;
      reply = submission_reply(state, request, plan);
      auto& posts = state.posts[request.body];
      const bool refused = reply.code == 429 || reply.code == 503;
      ++(refused ? posts.refused : posts.others);
    } else if (kind == Kind::poll) {
      ++state.counts.polls;
      reply = fixed ? Reply{} : poll_reply(state, request, plan);
    } else if (kind == Kind::clip) {
      ++state.counts.clip_requests;
      reply = fixed ? Reply{} : clip_reply(state.clip, request, plan);
    }
  });
  if (kind == Kind::release) {
    release();
    return json_reply(200, to_json(counts()));
  }
  if (fixed && kind != Kind::submission) {
    reply = fixed_reply(plan, request.query("generation_id").value_or(""));
  }
  // Here and not above: a clip's URL is made under the state's lock.
  const std::string url = clip_url();
  replace_all(reply.body, "$CLIP", url);
  bend(reply, plan);
  for (auto& [name, value] : reply.headers) replace_all(value, "$CLIP", url);
  return reply;
}

std::optional<Reply> ScriptedService::unauthorized(const State& state,
                                                   const ReceivedRequest& request) {
  const std::string& key = state.script.api_key;
  if (key.empty() || request.header("Authorization") == "Bearer " + key) return std::nullopt;
  return json_reply(401, problem_body(401));
}

Reply ScriptedService::submission_reply(State& state, const ReceivedRequest& request,
                                        const Answer::Plan& plan) {
  const bool fixed = plan.says == Answer::Says::fixed;
  if (!fixed) {
    if (auto refusal = unauthorized(state, request)) return *std::move(refusal);
  }
  const bool accepted = plan.acceptance == Answer::Acceptance::accepted ||
                        (plan.acceptance == Answer::Acceptance::by_status &&
                         (!fixed || (plan.code >= 200 && plan.code < 300)));
  std::string id;
  if (accepted) {
    ++state.counts.accepted;
    state.accepted_requests.push_back(request.header("X-Client-Request-Id").value_or(""));
    std::vector<std::string>& ids = state.script.ids;
    id = ids.empty() ? documented_id() : ids.front();
    if (!ids.empty()) ids.erase(ids.begin());
    state.polls_of[id] = 0;
    state.ids.push_back(id);
  }
  if (fixed) return fixed_reply(plan, id);
  const bool scripted = plan.says == Answer::Says::generation;
  return generation_reply(state, id, scripted ? plan.generation_status : "queued", plan);
}

Reply ScriptedService::poll_reply(State& state, const ReceivedRequest& request,
                                  const Answer::Plan& plan) {
  if (auto refusal = unauthorized(state, request)) return *std::move(refusal);
  const auto id = request.query("generation_id");
  if (!id) return json_reply(400, problem_body(400));
  if (plan.says == Answer::Says::generation) {
    return generation_reply(state, *id, plan.generation_status, plan);
  }
  const auto known = state.polls_of.find(*id);
  if (known == state.polls_of.end()) return json_reply(404, problem_body(404));
  const auto& statuses = state.script.statuses;
  const std::size_t poll = std::min<std::size_t>(known->second++, statuses.size() - 1);
  return generation_reply(state, *id, statuses.at(poll), plan);
}

Reply ScriptedService::generation_reply(const State& state, const std::string& id,
                                        const std::string& status, const Answer::Plan& plan) {
  GenerationBody body;
  body.id = id;
  body.status = status;
  if (status == "completed") {
    body.video_url = "$CLIP";
    body.credits_used = state.script.credits_used;
  } else if (status == "error") {
    const bool scripted = plan.says == Answer::Says::generation && !plan.error_name.empty();
    body.error_name = scripted ? plan.error_name : state.script.error_name;
    body.error_message = scripted ? plan.error_message : state.script.error_message;
  }
  return json_reply(200, generation_body(body));
}

Reply ScriptedService::fixed_reply(const Answer::Plan& plan, const std::string& id) const {
  Reply reply;
  reply.code = plan.code;
  reply.body = plan.body;
  replace_all(reply.body, "$ID", id);
  if (!plan.content_type.empty()) reply.set_header("Content-Type", plan.content_type);
  return reply;
}

std::string ScriptedService::accepted_list() const {
  std::string list;
  for (const std::string& id : state_.lock()->accepted_requests) {
    list += (list.empty() ? "" : ",") + json_quoted(id);
  }
  return '[' + list + ']';
}

std::string ScriptedService::post_list(const std::string& text) const {
  std::string list;
  for (const auto& [body, posts] : state_.lock()->posts) {
    if (body.find(text) == std::string::npos) continue;
    list += std::string(list.empty() ? "" : ",") + "[" + json_quoted(body) + "," +
            std::to_string(posts.refused) + "," + std::to_string(posts.others) + "]";
  }
  return '[' + list + ']';
}

std::string to_json(const Counts& counts) {
  auto member = [](const char* name, std::uint64_t value) {
    return "\"" + std::string(name) + "\":" + std::to_string(value);
  };
  return "{" + member("submissions", counts.submissions) + "," +
         member("accepted", counts.accepted) + "," + member("polls", counts.polls) + "," +
         member("clip_requests", counts.clip_requests) + "," +
         member("connections", counts.connections) + "," + member("clip_bytes", counts.clip_bytes) +
         "}";
}

}  // namespace klingtext::test
