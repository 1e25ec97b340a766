// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/clip_download.h"

#include <algorithm>
#include <memory>
#include <span>

#include "base/cancel.h"
#include "base/log.h"
#include "base/random.h"
#include "base/unix_time.h"
#include "job/clip_error.h"
#include "job/clip_link.h"
#include "store/mp4_boxes.h"

namespace klingtext {
namespace {

// Read at a time, and no further than to its next multiple in the file: the kernel takes large
// writes for less than many small ones, and keeps those that begin on such a boundary in one piece,
// which makes reading the clip cheaper ever after.
constexpr std::size_t kPiece = 512 << 10;  // bytes
// A reader this far ahead is reached sooner by reading on than by asking anew.
constexpr std::uint64_t kReadOn = 256 << 10;
constexpr unsigned kFailures = 8;
constexpr unsigned kRefreshes = 5;
constexpr unsigned kRedirects = 5;
constexpr unsigned kRestarts = 3;
constexpr unsigned kSameEnds = 3;
// A fast link delivers more than a film needs, and decoding its first frame shall not wait for
// that: while nobody waits for bytes, a piece comes no sooner than this after the last.
constexpr std::chrono::milliseconds kRest{5};

// Bytes of what is no MP4 that are needed to name its kind.
constexpr std::size_t kDescribed = 512;

}  // namespace

ClipDownload::ClipDownload(Clip& clip, ClipFile& file, Source source, std::stop_token stop)
    : clip_(clip),
      file_(file),
      source_(std::move(source)),
      stop_(std::move(stop)),
      session_(source_.http),
      pin_(file.found_pin()) {
  const auto look = [&clip = clip_, reading = reading_] {
    const Reading now = *reading->lock();
    if (now.leave.stop_possible() && should_go_elsewhere(clip, now.position, now.end)) {
      std::stop_source(now.leave).request_stop();
    }
  };
  clip_.on_wait(std::make_shared<const std::function<void()>>(look));
}

ClipDownload::~ClipDownload() {
  clip_.on_wait(nullptr);
}

Outcome ClipDownload::run() {
  while (const auto gap = clip_.next_gap()) {
    if (stop_.stop_requested()) return Stopped{};
    // Where nothing pins the file, every byte is fetched anew and compared with what is there.
    const bool whole = ranges_ == Ranges::unusable || !has_validator();
    if (auto filled = fill(whole ? ByteRange{0, gap->end} : *gap); !filled.ok()) return filled;
  }
  return Done{};
}

ClipDownload::StreamResult ClipDownload::open(std::optional<ByteRange> range) {
  std::string url = source_.url;
  for (unsigned hops = 0; hops <= kRedirects; ++hops) {
    HttpRequest get{.url = url, .addresses = source_.addresses};
    if (range) {
      std::string bytes = "bytes=" + std::to_string(range->begin) + '-';
      if (pin_->length > 0 && range->end < pin_->length) bytes += std::to_string(range->end - 1);
      get.headers = {{"Range", bytes}, {"If-Range", pin_->validator}};
    }
    auto stream = session_.open(get, stop_);
    if (!stream.ok()) return stream;
    const unsigned status = (*stream)->status();
    if (status < 300 || status >= 400 || (*stream)->header("location").empty()) return stream;
    const auto next = redirected(url, (*stream)->header("location"));
    if (!next.ok()) return next.as<std::unique_ptr<HttpStream>>();
    url = *next;
  }
  return HttpFailure{HttpFault::bad_url, Sent::maybe, "its link leads round in circles"};
}

// One request. Done means: look where the next gap is.
Outcome ClipDownload::fill(ByteRange gap) {
  const bool ranged =
      ranges_ == Ranges::usable && has_validator() && (gap.begin > 0 || gap.end < pin_->length);
  auto stream = open(ranged ? std::optional(gap) : std::nullopt);
  if (stream.stopped()) return Stopped{};
  if (stream.failed()) {
    const HttpFailure& failure = stream.error();
    if (failure.fault == HttpFault::bad_url || failure.fault == HttpFault::internal_address ||
        failure.fault == HttpFault::untrusted) {
      return clip_error(failure.reason);
    }
    return retry(failure.reason, std::nullopt);
  }
  HttpStream& body = **stream;
  const ClipReply reply = judge_clip_reply(
      body.status(), [&](const std::string& name) { return body.header(name); },
      ranged ? std::optional(gap.begin) : std::nullopt, unix_now());
  return accept(body, reply, gap);
}

Outcome ClipDownload::accept(HttpStream& stream, const ClipReply& reply, ByteRange gap) {
  using Verdict = ClipReply::Verdict;
  switch (reply.verdict) {
    case Verdict::whole: {
      // Asked for a part of this very file, it sends the whole.
      if (gap.begin > 0 && pin_ && reply.pin.validator == pin_->validator) {
        ranges_ = Ranges::unusable;
      }
      if (auto pinned = pin_to(reply.pin); !pinned.ok()) return pinned;
      return receive(stream, 0, {0, gap.end});
    }
    case Verdict::part: {
      Pin pin = reply.pin;
      if (pin.length == 0) pin.length = pin_->length;
      // A part need not repeat the date beside a pinned ETag: If-Range has been honoured.
      const bool comparable = pin.validator.starts_with('"') == pin_->validator.starts_with('"');
      if (pin.validator.empty() || !comparable) pin.validator = pin_->validator;
      if (pin.length != pin_->length || pin.validator != pin_->validator) return changed({});
      return receive(stream, gap.begin, gap);
    }
    case Verdict::expired:
      return refresh(reply);
    case Verdict::later:
      return retry(reply.why, reply.retry_after);
    case Verdict::no_range:
      log(LogLevel::info, "the clip's server: %s; reading the file from its beginning",
          reply.why.c_str());
      if (ranges_ == Ranges::unusable) return clip_error(reply.why);
      ranges_ = Ranges::unusable;
      return Done{};
    case Verdict::elsewhere:
    case Verdict::unusable:
      break;
  }
  return clip_error(reply.why);
}

// Notes which file the coming bytes belong to, or finds that it is another one than before.
Outcome ClipDownload::pin_to(const Pin& pin) {
  if (source_.max_size > 0 && pin.length > source_.max_size) {
    return clip_too_large("it has " + std::to_string(pin.length) +
                          " bytes, more than max-clip-size allows");
  }
  if (!pin_) {
    pin_ = pin;
    // Without a length nothing can be resumed, so nothing of it is noted either.
    auto begun = clip_.restart(pin.length > 0 ? pin_ : std::nullopt);
    if (!begun.ok()) return begun.as<Done>();
    return Done{};
  }
  const bool both_tell = pin.length > 0 && pin_->length > 0;
  if (pin.validator != pin_->validator || (both_tell && pin.length != pin_->length)) {
    return changed(pin);
  }
  if (pin_->length == 0 && pin.length > 0) {
    pin_->length = pin.length;
    clip_.set_length(pin.length);
  }
  return Done{};
}

Outcome ClipDownload::changed(const std::optional<Pin>& pin) {
  auto restarted = clip_.restart(pin && pin->length > 0 ? pin : std::nullopt);
  if (!restarted.ok()) return restarted.as<Done>();
  if (!*restarted || ++restarts_ > kRestarts) {
    file_.forget_progress();
    return clip_error("the file at the service changed while it was being read");
  }
  log(LogLevel::warning, "the file at the service changed; starting over");
  pin_ = pin;
  return Done{};
}

bool ClipDownload::should_go_elsewhere(Clip& clip, std::uint64_t position, std::uint64_t end) {
  const auto next = clip.next_gap();
  if (!next) return true;
  const bool soon = next->begin >= position && next->begin - position <= kReadOn;
  return !soon || position >= end;
}

Outcome ClipDownload::receive(HttpStream& stream, std::uint64_t position, ByteRange gap) {
  const auto memory = std::make_unique_for_overwrite<char[]>(kPiece);
  const std::span<char> piece(memory.get(), kPiece);
  std::size_t since_rest = 0;  // bytes
  std::size_t have = 0;        // bytes of the head that are kept back until they can be judged
  std::stop_source leave;
  const std::stop_callback stopped(stop_, [&] { leave.request_stop(); });
  while (true) {
    // Not before its first bytes showed what it is. A reader that came just before it could see
    // this is looked for here.
    if (position > 0 && can_go_elsewhere()) {
      *reading_->lock() = {position, gap.end, leave};
      if (should_go_elsewhere(clip_, position, gap.end)) return Done{};
    }
    const auto room = piece.first(kPiece - position % kPiece).subspan(have);
    const auto got = stream.read(room, leave.get_token());
    *reading_->lock() = {};
    if (got.stopped()) return stop_.stop_requested() ? Outcome(Stopped{}) : Outcome(Done{});
    if (got.failed()) return broke_off(position, got.error().reason);
    have += *got;
    const bool ended_here = *got == 0;
    if (position == 0 && have > 0) {
      const std::string_view head(piece.data(), have);
      const bool fits = begins_like_mp4(head);
      if (!ended_here && have < (fits ? kMp4HeadBytes : kDescribed)) continue;
      if (!fits) return clip_is_no_mp4(head, stream.header("content-encoding"));
    }
    if (have > 0) {
      if (auto taken = take({piece.data(), have}, position); !taken.ok()) return taken;
      if (!pin_) return Done{};  // another file than before: from its beginning
      position += have;
      since_rest += have;
      have = 0;
    }
    if (ended_here) return ended(position, gap);
    if (pin_->length > 0 && position >= pin_->length) return Done{};
    if (since_rest >= kPiece) {
      clip_.wait_for_reader(stop_, std::chrono::steady_clock::now() + kRest);
      since_rest = 0;
    }
  }
}

// Writes what is new, compares what is there already.
Outcome ClipDownload::take(std::string_view bytes, std::uint64_t position) {
  if (pin_->length > 0 && position + bytes.size() > pin_->length) {
    return clip_error("it is longer than it was said to be");
  }
  if (source_.max_size > 0 && position + bytes.size() > source_.max_size) {
    return clip_too_large("it is larger than max-clip-size allows");
  }
  source_.received(bytes.size());
  while (!bytes.empty()) {
    const std::size_t present = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), clip_.available_at(position)));
    if (present > 0) {
      std::string known(present, '\0');
      if (file_.read(known.data(), present, position) != static_cast<ssize_t>(present) ||
          known != bytes.substr(0, present)) {
        return changed({});
      }
      bytes.remove_prefix(present);
      position += present;
      continue;
    }
    const std::uint64_t next = clip_.next_present(position, position + bytes.size());
    const std::string_view fresh = bytes.substr(0, static_cast<std::size_t>(next - position));
    if (auto written = clip_.write(fresh, position); !written.ok()) return written;
    failures_ = 0;
    refreshes_ = 0;
    bytes.remove_prefix(fresh.size());
    position += fresh.size();
  }
  return Done{};
}

// The connection has no more bytes. Whether that is the end of the file is another matter.
Outcome ClipDownload::ended(std::uint64_t position, ByteRange gap) {
  if (pin_->length > 0) {
    return position >= gap.end ? Outcome(Done{})
                               : retry("the connection ends before the file does", std::nullopt);
  }
  if (position > 0 && file_.mp4_state(position) == Mp4State::whole) {
    clip_.set_length(position);
    return Done{};
  }
  return broke_off(position, "the connection ends before the MP4 is whole");
}

// Before the end of the file. (libsoup 3.2 reports a cut chunked body as a clean end, 3.6 as an
// error.)
Outcome ClipDownload::broke_off(std::uint64_t position, const std::string& why) {
  if (pin_ && pin_->length > 0) return retry(why, std::nullopt);
  // A connection breaks at a random byte; a file that is cut ends at the same one.
  same_ends_ = position > 0 && position == last_end_ ? same_ends_ + 1 : 1;
  last_end_ = position;
  if (same_ends_ == kSameEnds) return clip_is_cut(position);
  return retry(why, std::nullopt);
}

Outcome ClipDownload::retry(const std::string& why, std::optional<Seconds> retry_after) {
  if (stop_.stop_requested()) return Stopped{};
  if (++failures_ > kFailures) return clip_error(why);
  const Seconds delay = download_retry_delay(failures_, retry_after, random_between(0, 1));
  log(LogLevel::debug, "download: %s; again in %.1f s", why.c_str(), delay.count());
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::duration_cast<std::chrono::milliseconds>(delay);
  return sleep_until(stop_, until) == Waited::stopped ? Outcome(Stopped{}) : Outcome(Done{});
}

Outcome ClipDownload::refresh(const ClipReply& reply) {
  if (++refreshes_ > kRefreshes) {
    Error error = clip_error(reply.why + " even for fresh links");
    if (reply.why.ends_with("404") || reply.why.ends_with("410")) error.kind = ErrorKind::not_found;
    return error;
  }
  if (auto waited = retry(reply.why, reply.retry_after); !waited.ok()) return waited;
  auto fresh = source_.refresh();
  if (!fresh.ok()) return fresh.as<Done>();
  source_.url = std::move(*fresh);
  return Done{};
}

}  // namespace klingtext
