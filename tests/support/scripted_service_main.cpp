// SPDX-License-Identifier: LGPL-2.1-or-later
// The scripted service as a program, for tests that are shell or Python scripts. Prints
// `listening on http://127.0.0.1:PORT/v2` first. GET /counts tells what happened, GET /accepted
// the client request ids of the accepted submissions, GET /posts?text=TEXT the bodies with that
// text and how many of each were refused (429, 503) and how many not, POST /release opens the gate
// of held answers; SIGTERM or SIGINT ends it.
#include <signal.h>
#include <time.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

#include "support/answer_text.h"
#include "support/scripted_service.h"

namespace klingtext::test {
namespace {

constexpr const char* kUsage =
    "usage: scripted-service [--NAME VALUE]...\n"
    "  --port N                  0 picks one\n"
    "  --statuses A,B,C          of successive polls\n"
    "  --polls N                 polls before `completed`; the other way to say it\n"
    "  --clip FILE               the MP4 it serves; else a fake one\n"
    "  --clip-origin second      clips come from another port\n"
    "  --ids A,B                 of the next generations\n"
    "  --api-key KEY             the only one it takes; else any\n"
    "  --counts FILE             keeps the counts there, as GET /counts gives them\n"
    "  --submit-answers LIST     for the next submissions (words: see answer_text.h)\n"
    "  --poll-answers LIST, --clip-answers LIST\n"
    "  --always-submit ANSWER    once the list is used up\n"
    "  --always-poll ANSWER, --always-clip ANSWER\n";

using Options = std::map<std::string, std::string>;

Options parsed(int argc, char** argv) {
  Options options = {{"--port", "0"},        {"--statuses", ""},     {"--polls", ""},
                     {"--clip", ""},         {"--clip-origin", ""},  {"--ids", ""},
                     {"--api-key", ""},      {"--counts", ""},       {"--submit-answers", ""},
                     {"--poll-answers", ""}, {"--clip-answers", ""}, {"--always-submit", ""},
                     {"--always-poll", ""},  {"--always-clip", ""}};
  for (int i = 1; i < argc; i += 2) {
    const auto found = options.find(argv[i]);
    if (found == options.end() || i + 1 == argc) throw std::invalid_argument(kUsage);
    found->second = argv[i + 1];
  }
  return options;
}

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

Script script_of(const Options& options) {
  Script script;
  if (!options.at("--statuses").empty()) script.statuses = list_of(options.at("--statuses"));
  if (!options.at("--polls").empty()) {
    script.statuses.assign(std::stoul(options.at("--polls")), "generating");
    script.statuses.push_back("completed");
  }
  script.ids = list_of(options.at("--ids"));
  script.api_key = options.at("--api-key");
  if (options.at("--clip-origin") == "second") script.clip_origin = ClipOrigin::second;
  return script;
}

std::optional<Answer> always_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return answer_from_text(text);
}

void set_up(ScriptedService& service, const Options& options) {
  if (!options.at("--clip").empty()) {
    std::ifstream file(options.at("--clip"), std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + options.at("--clip"));
    service.set_clip({std::istreambuf_iterator<char>(file), {}});
  }
  service.on_submit(answers_from_text(options.at("--submit-answers")));
  service.on_poll(answers_from_text(options.at("--poll-answers")));
  service.on_clip(answers_from_text(options.at("--clip-answers")));
  service.always_on_submit(always_of(options.at("--always-submit")));
  service.always_on_poll(always_of(options.at("--always-poll")));
  service.always_on_clip(always_of(options.at("--always-clip")));
}

// By renaming, so that a reader never sees half of it.
void keep_counts(const std::string& file, const std::string& counts) {
  const std::string fresh = file + ".new";
  std::ofstream(fresh) << counts << "\n";
  std::filesystem::rename(fresh, file);
}

int run(int argc, char** argv) {
  const Options options = parsed(argc, argv);
  // Blocked before the service starts its threads, so that only sigtimedwait() sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto port = static_cast<std::uint16_t>(std::stoul(options.at("--port")));
  ScriptedService service(script_of(options), port);
  set_up(service, options);
  std::printf("listening on %s\n", service.base_url().c_str());
  std::fflush(stdout);

  std::string kept;
  const timespec look_up = {0, 50 * 1000 * 1000};
  for (bool ended = false; !ended;) {
    ended = sigtimedwait(&ends, nullptr, &look_up) > 0;
    const std::string counts = to_json(service.counts());
    if (!options.at("--counts").empty() && counts != kept) {
      keep_counts(options.at("--counts"), counts);
    }
    kept = counts;
  }
  return 0;
}

}  // namespace
}  // namespace klingtext::test

int main(int argc, char** argv) {
  try {
    return klingtext::test::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
