// SPDX-License-Identifier: LGPL-2.1-or-later
// The one loop that fills a clip: what a reader waits for first, else the first gap. Seeking ahead,
// going on after a drop and going on after a restart are the same loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "api/http.h"
#include "api/retry_policy.h"
#include "base/guarded.h"
#include "job/clip_reply.h"
#include "store/clip.h"

namespace klingtext {

class ClipDownload {
 public:
  struct Source {
    HttpSettings http;
    Addresses addresses = Addresses::public_only;
    std::string url;
    // Asks the service for a fresh link to the same clip.
    std::function<Result<std::string>()> refresh;
    std::uint64_t max_size = 0;  // bytes
    // Told how many bytes arrived.
    std::function<void(std::uint64_t)> received;
  };

  ClipDownload(Clip& clip, ClipFile& file, Source source, std::stop_token stop);
  ~ClipDownload();
  ClipDownload(const ClipDownload&) = delete;
  ClipDownload& operator=(const ClipDownload&) = delete;

  // Until the clip is whole.
  Outcome run();

 private:
  enum class Ranges { usable, unusable };
  using StreamResult = Result<std::unique_ptr<HttpStream>, HttpFailure>;

  Outcome fill(ByteRange gap);
  StreamResult open(std::optional<ByteRange> range);
  Outcome accept(HttpStream& stream, const ClipReply& reply, ByteRange gap);
  Outcome pin_to(const Pin& pin);
  Outcome changed(const std::optional<Pin>& pin);
  Outcome receive(HttpStream& stream, std::uint64_t position, ByteRange gap);
  Outcome take(std::string_view bytes, std::uint64_t position);
  Outcome ended(std::uint64_t position, ByteRange gap);
  Outcome broke_off(std::uint64_t position, const std::string& why);
  Outcome retry(const std::string& why, std::optional<Seconds> retry_after);
  Outcome refresh(const ClipReply& reply);
  // Whether the bytes after `position`, as far as `end`, are not what is wanted first.
  static bool should_go_elsewhere(Clip& clip, std::uint64_t position, std::uint64_t end);
  bool can_go_elsewhere() const { return ranges_ == Ranges::usable && has_validator(); }
  // Whether a later request can be held to the same file.
  bool has_validator() const { return pin_ && pin_->length > 0 && !pin_->validator.empty(); }

  // The connection that is being read, for readers whose wait it would only prolong. Outlives the
  // download where such a reader still looks at it.
  struct Reading {
    std::uint64_t position = 0;
    std::uint64_t end = 0;
    std::stop_source leave{std::nostopstate};
  };

  Clip& clip_;
  ClipFile& file_;
  Source source_;
  std::stop_token stop_;
  HttpSession session_;
  std::shared_ptr<Guarded<Reading>> reading_ = std::make_shared<Guarded<Reading>>();
  std::optional<Pin> pin_;
  Ranges ranges_ = Ranges::usable;
  unsigned failures_ = 0;   // in a row, without a byte in between
  unsigned refreshes_ = 0;  // likewise
  unsigned restarts_ = 0;   // in all
  // Of a file without a length: where the connection ended, and how often in a row it did there.
  std::uint64_t last_end_ = 0;
  unsigned same_ends_ = 0;
};

}  // namespace klingtext
