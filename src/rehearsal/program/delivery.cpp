// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/delivery.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/glib_ptr.h"
#include "rehearsal/exchange.h"

namespace klingtext::rehearsal {

namespace {

using SourcePtr = GlibPtr<GSource, g_source_unref>;
using std::chrono::milliseconds;

constexpr std::size_t kMostAtOnce = 65'536;  // bytes
constexpr unsigned kTicksPerSecond = 10;

// One GSource that is destroyed with this object.
class Waiter {
 public:
  ~Waiter() { forget(); }
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Calls `then` once, from the main context; it may destroy this object.
  void wait(SourcePtr source, std::function<void()> then) {
    forget();
    source_ = std::move(source);
    then_ = std::move(then);
    g_source_attach(source_.get(), g_main_context_get_thread_default());
  }
  void wait(milliseconds delay, std::function<void()> then) {
    SourcePtr source(g_timeout_source_new(static_cast<guint>(delay.count())));
    g_source_set_callback(
        source.get(),
        [](gpointer self) -> gboolean {
          static_cast<Waiter*>(self)->ring();
          return G_SOURCE_REMOVE;
        },
        this, nullptr);
    wait(std::move(source), std::move(then));
  }
  // A stream's source calls with one argument more.
  void wait_for_stream(GSource* pollable, std::function<void()> then) {
    SourcePtr source(pollable);
    g_source_set_callback(source.get(), G_SOURCE_FUNC(+[](GObject*, gpointer self) -> gboolean {
                            static_cast<Waiter*>(self)->ring();
                            return G_SOURCE_REMOVE;
                          }),
                          this, nullptr);
    wait(std::move(source), std::move(then));
  }
  void forget() {
    if (source_) g_source_destroy(source_.get());
    source_.reset();
  }

 private:
  void ring() { std::exchange(then_, nullptr)(); }

  SourcePtr source_;
  std::function<void()> then_;
};

}  // namespace

std::size_t body_size(SoupServerMessage* message) {
  return static_cast<std::size_t>(soup_server_message_get_response_body(message)->length);
}

std::string rendered(SoupServerMessage* message, std::size_t body_bytes) {
  const unsigned status = soup_server_message_get_status(message);
  std::string text = "HTTP/1.1 " + std::to_string(status) + ' ' + status_phrase(status) + "\r\n";
  SoupMessageHeadersIter iter;
  soup_message_headers_iter_init(&iter, soup_server_message_get_response_headers(message));
  const char* name = nullptr;
  const char* value = nullptr;
  while (soup_message_headers_iter_next(&iter, &name, &value)) {
    text += std::string(name) + ": " + value + "\r\n";
  }
  const GBytesPtr body(soup_message_body_flatten(soup_server_message_get_response_body(message)));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message);
  const bool ends_with_the_connection =
      soup_message_headers_get_encoding(headers) == SOUP_ENCODING_EOF;
  if (!ends_with_the_connection && soup_message_headers_get_content_length(headers) == 0) {
    text += "Content-Length: " + std::to_string(size) + "\r\n";
  }
  text += "Connection: close\r\n\r\n";
  if (data != nullptr) text.append(data, std::min<std::size_t>(size, body_bytes));
  return text;
}

// A message that is held back, then let go or replaced.
class Deliveries::Delivery {
 public:
  Delivery(SoupServerMessage* message, std::optional<RawReply> reply)
      : message_(ObjectPtr<SoupServerMessage>::ref(message)), reply_(std::move(reply)) {
    soup_server_message_pause(message);
    // Stealing the connection of a message that has none any more is not defined.
    disconnected_ = g_signal_connect_swapped(
        message, "disconnected", G_CALLBACK(+[](Delivery* self) { self->leave(); }), this);
  }
  ~Delivery() {
    // The server may still hold the stream.
    if (stream_) g_io_stream_close(stream_.get(), nullptr, nullptr);
    if (!message_) return;
    const auto message = drop_message();
    if (!gone_) soup_server_message_unpause(message.get());
  }
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void start(milliseconds delay, std::function<void()> done) {
    done_ = std::move(done);
    // Always later, even without a delay: not within the server's own reading.
    waiter_.wait(delay, [this] { begin(); });
  }

 private:
  ObjectPtr<SoupServerMessage> drop_message() {
    g_signal_handler_disconnect(message_.get(), disconnected_);
    return std::exchange(message_, {});
  }

  // From within the message's signal: the object goes only afterwards.
  void leave() {
    gone_ = true;
    waiter_.wait(milliseconds(0), [this] { finish(); });
  }

  // Destroys this object.
  void finish() { std::exchange(done_, nullptr)(); }

  void begin() {
    const auto message = drop_message();
    if (!reply_) {
      soup_server_message_unpause(message.get());
      return finish();
    }
    stream_ = ObjectPtr<GIOStream>::adopt(soup_server_message_steal_connection(message.get()));
    if (!stream_) return finish();
    write();
  }

  void write() {
    GOutputStream* out = g_io_stream_get_output_stream(stream_.get());
    const std::size_t left = reply_->bytes.size() - sent_;
    if (left == 0) return end();
    const std::size_t share =
        reply_->rate == 0 ? kMostAtOnce : std::max(1U, reply_->rate / kTicksPerSecond);
    GErrorPtr error;
    const gssize count = g_pollable_output_stream_write_nonblocking(
        G_POLLABLE_OUTPUT_STREAM(out), reply_->bytes.data() + sent_, std::min(left, share), nullptr,
        ErrorOut(error));
    if (count > 0) sent_ += static_cast<std::size_t>(count);
    if (count < 0 && !g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      return finish();
    }
    if (count > 0 && reply_->rate > 0) {
      const unsigned ticks = std::min(kTicksPerSecond, reply_->rate);
      return waiter_.wait(milliseconds(1000 / ticks), [this] { write(); });
    }
    waiter_.wait_for_stream(
        g_pollable_output_stream_create_source(G_POLLABLE_OUTPUT_STREAM(out), nullptr),
        [this] { write(); });
  }

  void end() {
    if (reply_->end == RawReply::End::close) return finish();
    if (reply_->patience.count() > 0) return waiter_.wait(reply_->patience, [this] { finish(); });
    wait_for_the_client_to_leave();
  }

  void wait_for_the_client_to_leave() {
    GInputStream* in = g_io_stream_get_input_stream(stream_.get());
    waiter_.wait_for_stream(
        g_pollable_input_stream_create_source(G_POLLABLE_INPUT_STREAM(in), nullptr), [this, in] {
          char ignored[256];
          const gssize count = g_pollable_input_stream_read_nonblocking(
              G_POLLABLE_INPUT_STREAM(in), ignored, sizeof(ignored), nullptr, nullptr);
          if (count <= 0) return finish();
          wait_for_the_client_to_leave();
        });
  }

  ObjectPtr<SoupServerMessage> message_;
  gulong disconnected_ = 0;
  std::optional<RawReply> reply_;
  ObjectPtr<GIOStream> stream_;
  std::size_t sent_ = 0;
  std::function<void()> done_;
  bool gone_ = false;
  Waiter waiter_;
};

Deliveries::Deliveries() = default;
Deliveries::~Deliveries() = default;

void Deliveries::start(std::unique_ptr<Delivery> delivery, milliseconds delay) {
  if (under_way_.size() >= kMost) under_way_.pop_front();
  Delivery* started = delivery.get();
  under_way_.push_back(std::move(delivery));
  started->start(delay, [this, started] {
    under_way_.remove_if([started](const auto& other) { return other.get() == started; });
  });
}

void Deliveries::answer_later(SoupServerMessage* message, milliseconds delay) {
  start(std::make_unique<Delivery>(message, std::nullopt), delay);
}

void Deliveries::deliver(SoupServerMessage* message, RawReply reply, milliseconds delay) {
  start(std::make_unique<Delivery>(message, std::move(reply)), delay);
}

}  // namespace klingtext::rehearsal
