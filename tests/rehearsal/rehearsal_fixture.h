// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "rehearsal/http_reply.h"
#include "rehearsal/rehearsal_service.h"

namespace klingtext::testing {

inline constexpr const char* kModel = "klingai/video-v2-6-pro-text-to-video";
inline constexpr const char* kGenerations = "/v2/video/generations";

// A directory that is gone with this object.
class TemporaryDir {
 public:
  TemporaryDir();
  ~TemporaryDir();
  TemporaryDir(const TemporaryDir&) = delete;
  TemporaryDir& operator=(const TemporaryDir&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// {"model": the documented one, "prompt": `prompt`, and `more` members}
std::string body_of(const std::string& prompt, const std::string& more = {});

// A running service and the documented calls to it. pace 0 unless told.
class Rehearsal {
 public:
  explicit Rehearsal(RehearsalService::Options options = {.pace = 0});

  const std::string& base_url() const { return service_->base_url(); }
  HttpReply post(const std::string& body) const;
  HttpReply query(const std::string& id) const;
  HttpReply get(const std::string& url, std::vector<std::string> headers = {},
                const std::string& method = "GET") const;

  // Submits, and gives the id.
  std::string submit(const std::string& body) const;
  // Asks until the status is neither queued nor generating, and gives the last reply.
  HttpReply settle(const std::string& id) const;
  // The clip's URL of a body that ends well.
  std::string generate(const std::string& body) const;

 private:
  std::shared_ptr<RehearsalService> service_;
};

// A string member of a JSON text, by path: member(text, "$.video.url"). Empty when missing.
std::string member(const std::string& json, const std::string& path);

}  // namespace klingtext::testing
