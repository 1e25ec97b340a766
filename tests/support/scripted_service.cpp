// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/scripted_service.h"

#include <algorithm>
#include <utility>

#include "support/fake_mp4.h"

namespace klingtext::test {
namespace {

constexpr std::chrono::milliseconds kLookUp{20};

}  // namespace

ScriptedService::ScriptedService(Script script, std::uint16_t port) : port_(port) {
  change([&](State& state) { state.script = std::move(script); });
  set_clip(fake_mp4());
  listen_again();
}

ScriptedService::~ScriptedService() {
  go_down();
}

void ScriptedService::listen_again() {
  auto start = [this](std::atomic<std::uint16_t>& port) {
    auto listener = std::make_unique<Listener>(
        port, [this](const std::stop_token& stop, SocketStream& stream, std::uint16_t arrived_at) {
          serve(stop, stream, arrived_at);
        });
    port = listener->port();
    return listener;
  };
  api_ = start(port_);
  second_ = start(second_port_);
}

void ScriptedService::go_down() {
  api_.reset();
  second_.reset();
}

void ScriptedService::come_back() {
  if (!api_) listen_again();
}

std::string ScriptedService::base_url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/v2";
}

std::string ScriptedService::second_origin() const {
  return "http://127.0.0.1:" + std::to_string(second_port_);
}

std::string ScriptedService::clip_url() const {
  auto state = state_.lock();
  const std::string origin = state->script.clip_origin == ClipOrigin::second
                                 ? second_origin()
                                 : "http://127.0.0.1:" + std::to_string(port_);
  return origin + "/clips/XtWjnJNjQLBMwJbBz4WcF_output.mp4?signature=scripted-secret-" +
         std::to_string(++state->signatures);
}

void ScriptedService::change(const std::function<void(State&)>& edit) const {
  {
    auto state = state_.lock();
    edit(*state);
    ++state->version;
  }
  state_.notify_all();
}

void ScriptedService::set_script(Script script) {
  change([&](State& state) { state.script = std::move(script); });
}

void ScriptedService::set_statuses(std::vector<std::string> statuses) {
  change([&](State& state) { state.script.statuses = std::move(statuses); });
}

void ScriptedService::set_clip(std::string bytes) {
  change([&](State& state) {
    state.clip.bytes = std::make_shared<const std::string>(std::move(bytes));
    state.clip.etag = "\"clip-" + std::to_string(++state.clip_version) + "\"";
  });
}

void ScriptedService::add_generation(const std::string& id) {
  change([&](State& state) { state.polls_of[id] = 0; });
}

void ScriptedService::forget_generation(const std::string& id) {
  change([&](State& state) { state.polls_of.erase(id); });
}

void ScriptedService::on_submit(std::vector<Answer> answers) {
  change([&](State& state) {
    for (Answer& each : answers) state.submit_answers.next.push_back(std::move(each));
  });
}

void ScriptedService::on_poll(std::vector<Answer> answers) {
  change([&](State& state) {
    for (Answer& each : answers) state.poll_answers.next.push_back(std::move(each));
  });
}

void ScriptedService::on_clip(std::vector<Answer> answers) {
  change([&](State& state) {
    for (Answer& each : answers) state.clip_answers.next.push_back(std::move(each));
  });
}

void ScriptedService::on_log(std::vector<Answer> answers) {
  change([&](State& state) {
    for (Answer& each : answers) state.log_answers.next.push_back(std::move(each));
  });
}

void ScriptedService::always_on_submit(std::optional<Answer> answer) {
  change([&](State& state) { state.submit_answers.always = std::move(answer); });
}

void ScriptedService::always_on_poll(std::optional<Answer> answer) {
  change([&](State& state) { state.poll_answers.always = std::move(answer); });
}

void ScriptedService::always_on_clip(std::optional<Answer> answer) {
  change([&](State& state) { state.clip_answers.always = std::move(answer); });
}

void ScriptedService::always_on_log(std::optional<Answer> answer) {
  change([&](State& state) { state.log_answers.always = std::move(answer); });
}

Counts ScriptedService::counts() const {
  return state_.lock()->counts;
}

std::vector<ReceivedRequest> ScriptedService::requests() const {
  return state_.lock()->requests;
}

std::vector<ReceivedRequest> ScriptedService::submission_list() const {
  std::vector<ReceivedRequest> list = requests();
  std::erase_if(list, [](const auto& each) { return kind_of(each) != Kind::submission; });
  return list;
}

std::vector<ReceivedRequest> ScriptedService::clip_request_list() const {
  std::vector<ReceivedRequest> list = requests();
  std::erase_if(list, [](const auto& each) { return kind_of(each) != Kind::clip; });
  return list;
}

std::vector<std::string> ScriptedService::generation_ids() const {
  return state_.lock()->ids;
}

bool ScriptedService::wait_for(const std::function<bool()>& predicate,
                               std::chrono::milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    // Taken before the predicate looks, which happens without the lock so that it may ask us.
    const std::uint64_t seen = state_.lock()->version;
    if (predicate()) return true;
    auto state = state_.lock();
    // Looks up now and then all the same: a predicate may ask others, too.
    const auto look_up = std::min(deadline, std::chrono::steady_clock::now() + kLookUp);
    state.wait_until(look_up, [&] { return state->version != seen; });
    if (std::chrono::steady_clock::now() >= deadline) break;
  }
  return predicate();
}

}  // namespace klingtext::test
