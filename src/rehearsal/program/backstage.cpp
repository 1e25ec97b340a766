// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/backstage.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "rehearsal/clip_reply.h"
#include "rehearsal/program/bent_reply.h"
#include "rehearsal/program/directive.h"

namespace klingtext::rehearsal {

namespace {

using Kind = Fault::Kind;

constexpr const char* kGarbage = "\x16\x03\x01 this is no HTTP\r\n\x80\xff\r\n\r\n";

bool is_an_ending(Kind kind) {
  return kind == Kind::error || kind == Kind::error_text || kind == Kind::error_detail ||
         kind == Kind::error_code || kind == Kind::expired;
}

bool is_of_a_completed_one(Kind kind) {
  return kind == Kind::completed_without_url || kind == Kind::completed_with_error ||
         kind == Kind::kling_words || kind == Kind::video_list || kind == Kind::relative_url ||
         kind == Kind::expired_link;
}

// Of the file, before it is replied.
bool alters_the_clip(Kind kind) {
  return kind == Kind::index_at_end || kind == Kind::fragmented || kind == Kind::trailing_bytes ||
         kind == Kind::cut_open_box;
}

// Whether nothing of the request is to have an effect.
bool comes_first(const Fault& fault) {
  return fault.kind == Kind::status && fault.accepted == Fault::Accepted::no;
}

void make_chunked(SoupServerMessage* message) {
  soup_message_headers_set_encoding(soup_server_message_get_response_headers(message),
                                    SOUP_ENCODING_CHUNKED);
  soup_message_body_complete(soup_server_message_get_response_body(message));
}

void make_without_length(const Exchange& exchange) {
  exchange.remove_header("Content-Length");
  soup_message_headers_set_encoding(soup_server_message_get_response_headers(exchange.message()),
                                    SOUP_ENCODING_EOF);
}

}  // namespace

Backstage::Backstage(Desk& desk, WebFront& front, Faults faults, Admission::Most limits)
    : desk_(desk),
      front_(front),
      faults_(std::move(faults)),
      admission_(limits),
      control_(desk, front, faults_, log_),
      page_(control_.token().reveal()) {
  desk_.recall();  // for the page
  const auto armed = faults_.armed();
  for (const auto& one : armed) {
    if (one.fault.kind != Kind::refused) continue;
    front_.door().stay_away(std::chrono::seconds(one.fault.seconds));
    faults_.disarm(one.number);
  }
}

bool Backstage::serve(const Exchange& exchange) {
  return page_.serve(exchange) || control_.serve(exchange);
}

bool Backstage::vouches_for(const Exchange& exchange) const {
  return control_.is_own_page(exchange);
}

void Backstage::note(const Exchange& exchange, const Call& call) {
  log_.add(exchange, call);
}

std::optional<Fault> Backstage::take(const Call& call, Directive& directive, Moment moment) {
  const auto fits = [&call, moment](const Fault& fault) {
    if (is_of_a_completed_one(fault.kind) && !call.completed) return false;
    const bool before = call.kind == Call::Kind::clip || comes_first(fault);
    return before == (moment == Moment::before);
  };
  const auto asked = std::find_if(directive.begin(), directive.end(), [&](const Fault& fault) {
    return fault.acts_on(call.kind) && fits(fault);
  });
  if (asked == directive.end()) return faults_.take(call, fits);
  Fault fault = *asked;
  directive.erase(asked);
  return fault;
}

void Backstage::around(const Exchange& exchange, Call& call, const std::function<void()>& answer) {
  auto directive = read_directive(exchange, call);
  if (!directive) {
    return exchange.reply_problem(SOUP_STATUS_BAD_REQUEST, "ValidationError",
                                  directive.error().message);
  }
  if (call.kind == Call::Kind::submit) {
    if (const auto refusal = admission_.refusal(exchange, desk_)) {
      constexpr unsigned kTooManyRequests = 429;
      return exchange.reply_problem(kTooManyRequests, "TooManyRequests", *refusal);
    }
  }
  if (const auto fault = take(call, *directive, Moment::before)) {
    call.fault = fault->name();
    if (comes_first(*fault)) return fail_before(exchange, call, *fault);
    return fail_clip(exchange, call, *fault, answer);
  }
  if (call.kind == Call::Kind::clip) return reply_altered(exchange, call, answer);
  answer();
  if (const auto spoiled = spoiled_.find(call.generation); spoiled != spoiled_.end()) {
    call.fault = spoiled->second.name();
    return bend_reply(exchange, spoiled->second, {});
  }
  if (const auto fault = take(call, *directive, Moment::after)) {
    call.fault = fault->name();
    fail_after(exchange, call, *fault);
  }
  keep(exchange, call, *directive);
}

// What a submission asks for its polls and its clip.
void Backstage::keep(const Exchange& exchange, const Call& call, const Directive& directive) {
  if (call.kind != Call::Kind::submit || call.generation.empty()) return;
  admission_.accepted(exchange, call.generation);
  const std::string clip = desk_.clip_of(call.generation);
  for (const Fault& fault : directive) faults_.arm(fault, call.generation, clip);
}

void Backstage::fail_before(const Exchange& exchange, Call& call, const Fault& fault) {
  reply_status(exchange, fault);
  deliver(exchange, call, fault);
}

void Backstage::reply_altered(const Exchange& exchange, Call& call,
                              const std::function<void()>& answer) {
  const auto altered = altered_.find(call.clip);
  if (!altered) return answer();
  reply_clip(exchange, *altered);
}

void Backstage::fail_clip(const Exchange& exchange, Call& call, const Fault& fault,
                          const std::function<void()>& answer) {
  if (fault.kind == Kind::no_ranges) exchange.remove_request_header("Range");
  if (alters_the_clip(fault.kind)) alter(call, fault.kind);
  reply_altered(exchange, call, answer);
  if (fault.kind == Kind::no_ranges) exchange.remove_header("Accept-Ranges");
  if (fault.kind == Kind::changed_file) alter(call, fault.kind);
  if (fault.kind == Kind::chunked || fault.kind == Kind::trailing_bytes) {
    make_chunked(exchange.message());
  }
  if (fault.kind == Kind::cut_open_box) make_without_length(exchange);
  if (fault.kind == Kind::false_encoding) exchange.set_header("Content-Encoding", "aws-chunked");
  if (fault.kind == Kind::web_page) reply_web_page(exchange);
  if (fault.kind == Kind::status) reply_status(exchange, fault);
  deliver(exchange, call, fault);
}

void Backstage::alter(const Call& call, Kind kind) {
  const auto original = desk_.clip_path(call.clip);
  if (!original) return;
  if (auto altered = altered_.alter(call.clip, *original, kind); altered.failed()) {
    log(LogLevel::warning, "rehearsal: %s", altered.error().message.c_str());
  }
}

void Backstage::fail_after(const Exchange& exchange, Call& call, const Fault& fault) {
  if (is_an_ending(fault.kind)) {
    spoiled_.insert_or_assign(call.generation, fault);
    desk_.end(call.generation, {.status = Status::error,
                                .error_name = "RehearsedError",
                                .error_message = "This generation was told to fail"});
  }
  if (fault.kind == Kind::status) {
    reply_status(exchange, fault);
  } else {
    bend_reply(exchange, fault, front_.expired_clip_url(exchange, desk_.clip_of(call.generation)));
  }
  deliver(exchange, call, fault);
}

// How the reply, as it is now, gets to the client.
void Backstage::deliver(const Exchange& exchange, Call& call, const Fault& fault) {
  SoupServerMessage* message = exchange.message();
  const std::chrono::milliseconds delay(fault.delay);
  const std::size_t size = body_size(message);
  switch (fault.kind) {
    case Kind::refused:
      return front_.door().stay_away(std::chrono::seconds(fault.seconds), message);
    case Kind::lost_answer:
    case Kind::garbage:
    case Kind::hang:
      call.answered = false;
      return deliveries_.deliver(
          message,
          {.bytes = fault.kind == Kind::garbage ? kGarbage : "",
           .end = fault.kind == Kind::hang ? RawReply::End::wait : RawReply::End::close,
           .patience = std::chrono::seconds(fault.seconds)},
          delay);
    case Kind::slow_loris:
    case Kind::throttle:
      return deliveries_.deliver(message, {.bytes = rendered(message, size), .rate = fault.rate},
                                 delay);
    case Kind::cut_body:
    case Kind::cut_open_box:
    case Kind::changed_file:
      return deliveries_.deliver(message, {.bytes = rendered(message, fault.at.value_or(size / 2))},
                                 delay);
    default:
      if (fault.delay > 0) deliveries_.answer_later(message, delay);
  }
}

}  // namespace klingtext::rehearsal
