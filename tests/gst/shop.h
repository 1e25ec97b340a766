// SPDX-License-Identifier: LGPL-2.1-or-later
// A service and a store for one test, and what a source needs to buy there.
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/scripted_service.h"
#include "support/temp_dir.h"

namespace klingtext::test {

inline std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The documented course, each status for long enough that a busy machine sees it: what is on the
// bus is what the streaming thread saw, not every poll.
inline std::vector<std::string> unhurried_statuses() {
  std::vector<std::string> statuses(15, "queued");
  statuses.insert(statuses.end(), 15, "generating");
  statuses.push_back("completed");
  return statuses;
}

struct Shop {
  TempDir dir;
  ScriptedService service;

  explicit Shop(Script script = {}) : service(std::move(script)) {}

  std::string store() const { return dir.file("store"); }

  // Everything in the store's files of this kind.
  std::string stored(const std::string& extension) const {
    std::string all;
    std::error_code none;
    for (const auto& item : std::filesystem::directory_iterator(store(), none)) {
      if (item.path().filename() == "history.json") continue;
      if (item.path().extension() == extension) all += bytes_of(item.path());
    }
    return all;
  }

  // klingtextsrc with everything it needs, for a launch line; more properties may follow.
  std::string source(const std::string& prompt = "raccoon") const {
    return "klingtextsrc name=source poll-interval=20 api-key=test-key base-url=" +
           service.base_url() + " store-dir=" + store() + " prompt=\"" + prompt + "\"";
  }

  // The same without a prompt, for sources that bins make from a URI.
  void configure(GstElement* source) const {
    g_object_set(source, "base-url", service.base_url().c_str(), "store-dir", store().c_str(),
                 "api-key", "test-key", "poll-interval", 20U, nullptr);
  }
};

// For what no event tells of: files of detached threads. False when patience ran out.
template <typename Predicate>
bool comes_true(Predicate predicate, std::chrono::seconds patience = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace klingtext::test
