// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http_call.h"

#include <algorithm>
#include <array>

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kPiece = 16384;  // bytes

}  // namespace

HttpCall::HttpCall(SoupSession* session, std::unique_ptr<HttpMessage> message,
                   const HttpLimits& limits, Done done)
    : session_(session), message_(std::move(message)), limits_(limits), done_(std::move(done)) {
  if (limits_.send_by != Clock::time_point::max()) set_timer(limits_.send_by);
  g_signal_connect_after(message_->get(), "starting", G_CALLBACK(on_wrote), this);
  g_signal_connect(message_->get(), "got-headers", G_CALLBACK(on_got_headers), this);
  stop_.reset(g_cancellable_source_new(cancellable().get()));
  g_source_set_callback(stop_.get(), G_SOURCE_FUNC(on_stop), this, nullptr);
  g_source_attach(stop_.get(), g_main_context_get_thread_default());
  soup_session_send_async(session_, message_->get(), G_PRIORITY_DEFAULT,
                          message_->cancellable().get(), on_head, this);
}

HttpCall::~HttpCall() {
  g_signal_handlers_disconnect_by_data(message_->get(), this);
  clear(timer_);
  clear(readable_);
  clear(stop_);
}

void HttpCall::set_timer(Clock::time_point when) {
  clear(timer_);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - Clock::now());
  const auto wait = std::clamp<std::int64_t>(left.count() + 1, 0, G_MAXINT);
  timer_.reset(g_timeout_source_new(static_cast<guint>(wait)));
  g_source_set_callback(timer_.get(), on_time, this, nullptr);
  g_source_attach(timer_.get(), g_main_context_get_thread_default());
}

void HttpCall::clear(SourcePtr& source) {
  if (source) g_source_destroy(source.get());
  source.reset();
}

gboolean HttpCall::on_time(gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  self->timed_out_ = true;
  self->cancel();
  return G_SOURCE_REMOVE;
}

gboolean HttpCall::on_stop(GCancellable*, gpointer data) {
  static_cast<HttpCall*>(data)->cancel();
  return G_SOURCE_REMOVE;
}

void HttpCall::on_got_headers(SoupMessage*, gpointer data) {
  static_cast<HttpCall*>(data)->has_head_ = true;
}

// libsoup 3.6 uses freed memory in soup_session_send_finish() when the exchange is cancelled
// between the head of the reply and its delivery: then the reply is taken and dropped.
void HttpCall::cancel() {
  if (stream_) return finish(cancelled());
  is_over_ = has_head_;
  if (!has_head_) g_cancellable_cancel(message_->cancellable().get());
}

HttpResult HttpCall::cancelled() const {
  if (!timed_out_) return Stopped{};
  return HttpFailure{
      HttpFault::timeout, message_->sent(),
      message_->sent() == Sent::no ? "no connection in time" : "no complete answer in time"};
}

void HttpCall::on_wrote(SoupMessage*, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  clear(self->timer_);
  self->has_head_ = false;
  Clock::time_point end = self->limits_.answer_by;
  if (self->limits_.answer_within.count() > 0) {
    end = std::min(end, Clock::now() + self->limits_.answer_within);
  }
  if (end != Clock::time_point::max()) self->set_timer(end);
}

// No exception crosses libsoup.
template <typename Step>
void HttpCall::guarded(Step step) {
  try {
    step();
  } catch (const std::exception& exception) {
    finish(HttpFailure{HttpFault::broken, Sent::maybe, exception.what()});
  }
}

void HttpCall::on_head(GObject* session, GAsyncResult* result, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  self->guarded([&] { self->take_head(SOUP_SESSION(session), result); });
}

void HttpCall::take_head(SoupSession* session, GAsyncResult* result) {
  GErrorPtr error;
  stream_ =
      ObjectPtr<GInputStream>::adopt(soup_session_send_finish(session, result, ErrorOut(error)));
  if (!stream_ && !is_over_) return fail(error.get());
  if (message_->sent() == Sent::no) return finish(refused_by_proxy(*message_));
  reply_ = {soup_message_get_status(message_->get()), message_->response_headers(), {}};
  if (is_over_) return finish(cancelled());
  // Not here: libsoup goes on with the message when this callback returns, and at the end of a
  // short reply the message would be gone.
  wait_for_bytes();
}

void HttpCall::read_on() {
  auto* stream = G_POLLABLE_INPUT_STREAM(stream_.get());
  std::array<char, kPiece> piece;  // NOLINT: not initialised
  while (true) {
    GErrorPtr error;
    const gssize got = g_pollable_input_stream_read_nonblocking(
        stream, piece.data(), piece.size(), message_->cancellable().get(), ErrorOut(error));
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return wait_for_bytes();
    if (got < 0) return fail(error.get());
    if (got == 0) {
      // Read to its end, it gives its connection back.
      g_input_stream_close(stream_.get(), nullptr, nullptr);
      return finish(std::move(reply_));
    }
    const auto size = static_cast<std::size_t>(got);
    if (reply_.body.size() + size > limits_.max_body) {
      return finish(
          HttpFailure{HttpFault::too_large, Sent::maybe,
                      "the reply is larger than " + std::to_string(limits_.max_body) + " bytes"});
    }
    reply_.body.append(piece.data(), size);
  }
}

void HttpCall::wait_for_bytes() {
  readable_.reset(g_pollable_input_stream_create_source(G_POLLABLE_INPUT_STREAM(stream_.get()),
                                                        message_->cancellable().get()));
  g_source_set_callback(readable_.get(), G_SOURCE_FUNC(on_readable), this, nullptr);
  g_source_attach(readable_.get(), g_main_context_get_thread_default());
}

gboolean HttpCall::on_readable(GObject*, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  clear(self->readable_);
  self->guarded([&] { self->read_on(); });
  return G_SOURCE_REMOVE;
}

void HttpCall::fail(const GError* error) {
  if (timed_out_) {
    finish(cancelled());
  } else if (message_->was_repeated()) {
    const unsigned status = soup_message_get_status(message_->get());
    finish(HttpFailure{HttpFault::broken, Sent::maybe,
                       message_->host() + " asks for the request once more (HTTP " +
                           std::to_string(status) + ")"});
  } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
             !message_->refused_address()) {
    finish(Stopped{});
  } else {
    finish(message_->failure_of(error));
  }
}

void HttpCall::finish(HttpResult result) {
  for (SourcePtr* source : {&timer_, &readable_, &stop_}) clear(*source);
  if (result.failed()) result.error().headers = std::move(reply_.headers);
  if (!result.ok() && stream_) {
    // With a cancelled cancellable nothing is drained: the connection is dropped at once.
    g_cancellable_cancel(message_->cancellable().get());
    g_input_stream_close(stream_.get(), message_->cancellable().get(), nullptr);
  }
  // Moved out, because the owner may destroy this call in it.
  const Done done = std::move(done_);
  done(std::move(result));
}

}  // namespace klingtext
