// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http_call.h"

#include <algorithm>

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
  soup_session_send_async(session_, message_->get(), G_PRIORITY_DEFAULT, cancellable().get(),
                          on_head, this);
}

HttpCall::~HttpCall() {
  g_signal_handlers_disconnect_by_data(message_->get(), this);
  clear_timer();
}

void HttpCall::set_timer(Clock::time_point when) {
  clear_timer();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - Clock::now());
  const auto wait = std::clamp<std::int64_t>(left.count() + 1, 0, G_MAXINT);
  timer_.reset(g_timeout_source_new(static_cast<guint>(wait)));
  g_source_set_callback(timer_.get(), on_time, this, nullptr);
  g_source_attach(timer_.get(), g_main_context_get_thread_default());
}

void HttpCall::clear_timer() {
  if (timer_) g_source_destroy(timer_.get());
  timer_.reset();
}

gboolean HttpCall::on_time(gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  self->timed_out_ = true;
  g_cancellable_cancel(self->cancellable().get());
  return G_SOURCE_REMOVE;
}

void HttpCall::on_wrote(SoupMessage*, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  self->clear_timer();
  if (self->limits_.answer_within.count() > 0) {
    self->set_timer(Clock::now() + self->limits_.answer_within);
  }
}

void HttpCall::on_head(GObject* session, GAsyncResult* result, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  GErrorPtr error;
  self->stream_ = ObjectPtr<GInputStream>::adopt(
      soup_session_send_finish(SOUP_SESSION(session), result, ErrorOut(error)));
  if (!self->stream_) {
    self->fail(error.get());
    return;
  }
  if (self->message_->sent() == Sent::no) {
    self->finish(refused_by_proxy(*self->message_));
    return;
  }
  self->reply_ = {
      soup_message_get_status(self->message_->get()), self->message_->response_headers(), {}};
  self->read_on();
}

void HttpCall::read_on() {
  g_input_stream_read_bytes_async(stream_.get(), kPiece, G_PRIORITY_DEFAULT, cancellable().get(),
                                  on_bytes, this);
}

void HttpCall::on_bytes(GObject* stream, GAsyncResult* result, gpointer data) {
  auto* self = static_cast<HttpCall*>(data);
  GErrorPtr error;
  const GBytesPtr bytes(
      g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, ErrorOut(error)));
  if (bytes == nullptr) {
    self->fail(error.get());
    return;
  }
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  if (size == 0) {
    // Read to its end, it gives its connection back.
    g_input_stream_close(self->stream_.get(), nullptr, nullptr);
    self->finish(std::move(self->reply_));
    return;
  }
  if (self->reply_.body.size() + size > self->limits_.max_body) {
    self->finish(HttpFailure{
        HttpFault::too_large, Sent::maybe,
        "the reply is larger than " + std::to_string(self->limits_.max_body) + " bytes"});
    return;
  }
  self->reply_.body.append(text, size);
  self->read_on();
}

void HttpCall::fail(const GError* error) {
  if (timed_out_) {
    finish(HttpFailure{
        HttpFault::timeout, message_->sent(),
        message_->sent() == Sent::no ? "no connection in time" : "no complete answer in time"});
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
  clear_timer();
  if (result.failed()) result.error().headers = std::move(reply_.headers);
  if (!result.ok() && stream_) {
    // With a cancelled cancellable nothing is drained: the connection is dropped at once.
    g_cancellable_cancel(cancellable().get());
    g_input_stream_close(stream_.get(), cancellable().get(), nullptr);
  }
  // Moved out, because the owner may destroy this call in it.
  const Done done = std::move(done_);
  done(std::move(result));
}

}  // namespace klingtext
