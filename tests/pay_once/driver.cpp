// SPDX-License-Identifier: LGPL-2.1-or-later
// One run of the core without GStreamer: attaches a job, reads its clip to the end into a file, and
// leaves as a program does, without waiting for anything. Prints one line of JSON.
#include <glib.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "api/json_text.h"
#include "base/log.h"
#include "job/job_registry.h"

namespace klingtext::test {
namespace {

using Options = std::map<std::string, std::string>;

Options read_options(int argc, char** argv) {
  Options options = {{"--store", ""}, {"--url", ""},      {"--prompt", "A white raccoon"},
                     {"--take", "1"}, {"--resubmit", ""}, {"--id", ""},
                     {"--cap", "0"},  {"--out", ""},      {"--key", "a-key"},
                     {"--proxy", ""}, {"--timeout", "60"}};
  for (int i = 1; i + 1 < argc; i += 2) options.at(argv[i]) = argv[i + 1];
  return options;
}

JobSpec spec_of(const Options& options) {
  const auto url = parse_service_url(options.at("--url"));
  if (!url.ok()) throw std::runtime_error(url.error().message);
  JobSpec spec;
  spec.request.prompt = options.at("--prompt");
  spec.request.take = static_cast<unsigned>(std::stoul(options.at("--take")));
  spec.generation_id = options.at("--id");
  spec.resubmit = options.at("--resubmit");
  spec.service_name = url->text;
  spec.connect = [url = *url, key = options.at("--key")](const auto&) -> Result<Service> {
    if (key.empty()) {
      return Error{.kind = ErrorKind::unauthorized, .message = "There is no API key."};
    }
    return Service{url, Secret(key), HttpSettings{"pay-once", 30, "", {}}, nullptr};
  };
  spec.store_path = options.at("--store");
  spec.max_daily_seconds = static_cast<unsigned>(std::stoul(options.at("--cap")));
  spec.poll_interval = Seconds(0.005);
  spec.generation_timeout = Seconds(std::stod(options.at("--timeout")));
  return spec;
}

void print(const JobReport& report, const Error* error) {
  std::cout << "{\"submissions\":" << report.submissions
            << ",\"reused\":" << json_boolean(report.origin == Origin::reused)
            << ",\"key\":" << json_string(report.request_key)
            << ",\"generation_id\":" << json_string(report.generation_id);
  if (error != nullptr) {
    std::cout << ",\"error\":" << json_string(error->message)
              << ",\"kind\":" << static_cast<int>(error->kind)
              << ",\"client_request_id\":" << json_string(error->client_request_id);
  }
  std::cout << "}" << std::endl;
}

int run(const Options& options) {
  std::ofstream out(options.at("--out"), std::ios::binary | std::ios::trunc);
  const auto handle = attach_job(spec_of(options));
  Job& job = **handle;
  std::vector<char> piece(64 << 10);
  for (std::uint64_t at = 0;;) {
    const auto got = job.clip().read_at(at, piece, Clip::Amount::any, [] { return false; });
    if (got.failed()) {
      print(job.report(), &got.error());
      return 1;
    }
    if (*got == 0) break;
    out.write(piece.data(), static_cast<std::streamsize>(*got));
    at += *got;
  }
  out.close();
  print(job.report(), nullptr);
  return out ? 0 : 3;
}

}  // namespace
}  // namespace klingtext::test

int main(int argc, char** argv) {
  if (g_getenv("PAY_ONCE_LOG") != nullptr) {
    klingtext::set_log_sink(
        [](const klingtext::LogLine& line) { std::fprintf(stderr, "%s\n", line.text); });
  }
  try {
    return klingtext::test::run(klingtext::test::read_options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
